import { UserError, unknownName } from '../base/index.ts';
import type { EvaluationLog, ItemResults } from '../logs/index.ts';

/** Items that the values are means over: of every task alike, or by task. */
export type Items = number | Readonly<Record<string, number>>;

/** The log with some of its tasks only, in the order given. @throws {UserError} for a task that it does not have */
export function withTasks(log: EvaluationLog, names: readonly string[]): EvaluationLog {
  const chosen = indicesOf(log, names);
  const of = (columns: readonly Float64Array[]): Float64Array[] => chosen.map((task) => columns[task]);
  return {
    ...log,
    tasks: names,
    trainingTask: log.trainingTask.map((task) => chosen.indexOf(task)),
    values: of(log.values),
    standardErrors: log.standardErrors && of(log.standardErrors),
    counts: log.counts && of(log.counts),
  };
}

/** The items of those tasks. */
export function itemsOfTasks(items: ItemResults, log: EvaluationLog, names: readonly string[]): ItemResults {
  const chosen = indicesOf(log, names);
  return { scores: (task, row) => items.scores(chosen[task], row) };
}

function indicesOf(log: EvaluationLog, names: readonly string[]): number[] {
  const chosen = names.map((name) => {
    const task = log.tasks.indexOf(name);
    if (task < 0) throw unknownName('task', name, log.tasks);
    return task;
  });
  if (new Set(chosen).size < chosen.length) throw new UserError(`a task is named twice: ${names.join(', ')}`);
  return chosen;
}

/**
 * The log with numbers of items, so that the binomial error of its values is known. Numbers that the log has itself stay.
 * @throws {UserError} for a task that it does not have, and for a number that is no count
 */
export function withItems(log: EvaluationLog, items: Items): EvaluationLog {
  const unknown = typeof items === 'number' ? undefined : Object.keys(items).find((name) => !log.tasks.includes(name));
  if (unknown !== undefined) throw unknownName('task', unknown, log.tasks);
  return {
    ...log,
    counts: log.tasks.map((name, task) => {
      const count = typeof items === 'number' ? items : items[name];
      if (count !== undefined && !(Number.isInteger(count) && count > 0))
        throw new UserError(`${name} is said to have ${count} items; a number of items is a whole number above 0`);
      return log.values[task].map((_, row) => log.counts?.[task][row] || (count ?? NaN));
    }),
  };
}
