import type { Imported } from '../../../logs/importers/importer.ts';

/** Every value of what was read, by run, task, step and task in training. */
export function factsOf(found: readonly Imported[]): Map<string, number> {
  const facts = new Map<string, number>();
  found.forEach((one, run) => {
    const { log, matrix, lifetime } = one;
    log?.values.forEach((values, task) => {
      values.forEach((value, row) => {
        if (Number.isNaN(value)) return;
        const training = log.tasks[log.trainingTask[row]] ?? '';
        facts.set(`${run}/${log.tasks[task]}@${log.steps[row]}/${training}`, value);
      });
    });
    matrix?.rows.forEach((row, trained) => {
      row.forEach((value, task) => {
        if (value !== null) facts.set(`${run}/matrix/${matrix.tasks[task]}@${matrix.tasks[trained]}`, value);
      });
    });
    matrix?.initial?.forEach((value, task) => {
      if (value !== null) facts.set(`${run}/matrix/${matrix.tasks[task]}@initial`, value);
    });
    lifetime?.values.forEach((value, row) => {
      if (!Number.isNaN(value))
        facts.set(`${run}/lifetime/${lifetime.tasks[lifetime.task[row]]}@${lifetime.experiences[row]}`, value);
    });
  });
  return facts;
}

/** The value of `<task>@<step>` whatever the task in training; undefined if there is none. */
export function valueAt(found: readonly Imported[], place: string): number | undefined {
  for (const [key, value] of factsOf(found))
    if (key.replace(/^\d+\/(matrix\/|lifetime\/)?/, '').replace(/\/[^/]*$/, '') === place || key.endsWith(`/${place}`))
      return value;
  return undefined;
}

export function notesOf(found: readonly Imported[]): string[] {
  return found.flatMap(({ notes }) => notes);
}
