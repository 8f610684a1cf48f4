import type { LiveEvent, Message, RunSummary } from '../messages.ts';

/** A run's curve as it is known so far, in the form that uPlot draws. */
export interface Shown {
  readonly run: string;
  readonly tasks: readonly string[];
  readonly steps: number[];
  readonly training: number[];
  /** `[tasks][rows]`, null where not evaluated. */
  readonly values: (number | null)[][];
}

/** All that the page knows. */
export interface State {
  readonly title: string;
  readonly runs: readonly RunSummary[];
  /** In the order in which they became certain. */
  readonly events: readonly LiveEvent[];
  readonly shown: Shown | null;
}

export const nothing: State = { title: '', runs: [], events: [], shown: null };

/** What is known after a message. Rows are added to the arrays of before: a page lasts for days, and copies of a hundred thousand rows a second would be all that it did. */
export function merged(state: State, { title, whole, runs, anew, events, curve }: Message): State {
  const changed = new Map(runs.map((run) => [run.run, run]));
  return {
    title,
    runs: whole ? runs : state.runs.map((run) => changed.get(run.run) ?? run),
    events: anew ? events : [...state.events, ...events],
    shown: curve ? extended(state.shown, curve) : state.shown,
  };
}

function extended(shown: Shown | null, curve: NonNullable<Message['curve']>): Shown {
  const known = shown?.run === curve.run && curve.from > 0 ? shown : null;
  if (!known)
    return {
      run: curve.run,
      tasks: curve.tasks,
      steps: [...curve.steps],
      training: [...curve.training],
      values: curve.values.map((column) => [...column]),
    };
  // A row that is there already, such as after a break, is not added twice.
  const skip = known.steps.length - curve.from;
  for (const step of curve.steps.slice(skip)) known.steps.push(step);
  for (const task of curve.training.slice(skip)) known.training.push(task);
  for (const [t, column] of curve.values.entries()) for (const value of column.slice(skip)) known.values[t].push(value);
  return { ...known };
}

/** Where another task comes into training: the step, and the row. The first is where training starts. */
export function switchesOf({
  steps,
  training,
  tasks,
}: Pick<Shown, 'steps' | 'training' | 'tasks'>): { step: number; name: string }[] {
  const switches: { step: number; name: string }[] = [];
  for (let row = 0; row < steps.length; row++)
    if (training[row] >= 0 && training[row] !== training[row - 1])
      switches.push({ step: steps[row], name: tasks[training[row]] });
  return switches;
}

const over: ReadonlySet<string> = new Set(['complete', 'diverged', 'failed']);

export const isOver = ({ status }: RunSummary): boolean => over.has(status);

/** How much of a run is done, from 0 to 1. */
export function shareOf(run: RunSummary): number {
  if (isOver(run)) return 1;
  return run.planned ? Math.min(1, run.done / run.planned) : 0;
}
