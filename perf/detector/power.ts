import { markdownTable, percent } from './markdown.ts';
import { eventsOf } from './rates.ts';

const depths = [0.02, 0.05, 0.1, 0.2] as const;

/** What a planted fall is taken for. */
interface Verdicts {
  /** The share that is found: stability gap or forgetting. */
  readonly found: number;
  /** The share of those found that is called what it is. */
  readonly right: number;
}

/** Of three tasks the first falls when the second is trained; the model's accuracy goes up and down, and forgets it in 2 % of a task's training. */
function verdictsOf(options: {
  readonly perTask: number;
  readonly items: number;
  readonly depth: number;
  readonly evaluations: number;
  readonly logs: number;
  readonly seed: number;
}): Verdicts {
  const { perTask, items, depth, evaluations, logs, seed } = options;
  const simulation = {
    tasks: 3,
    perTask,
    items,
    accuracy: 0.9,
    named: true,
    noise: { memory: 0.02 },
    known: 'counts',
    fall: { depth, evaluations },
  } as const;
  let [found, right] = [0, 0];
  for (const events of eventsOf(simulation, logs, seed)) {
    const event = events.find(({ taskIndex, switchTask }) => taskIndex === 0 && switchTask === 'task 2')!;
    if (event.kind !== 'stability_gap' && event.kind !== 'forgetting') continue;
    found++;
    if ((event.kind === 'forgetting') === (evaluations === Infinity)) right++;
  }
  return { found: found / logs, right: right / found };
}

/** How often planted falls are found and called what they are, by how long they last and how deep they are. */
export function powerTable(logs: number, seed: number): string {
  const rows = [
    { perTask: 100, items: 200, lengths: [1, 10, 50, Infinity] },
    { perTask: 100, items: 1000, lengths: [1, 10, 50, Infinity] },
    { perTask: 10, items: 200, lengths: [1, 5, Infinity] },
    { perTask: 10, items: 1000, lengths: [1, 5, Infinity] },
  ].flatMap(({ perTask, items, lengths }) =>
    lengths.map((evaluations) => [
      evaluations === Infinity ? 'stays' : `${evaluations}`,
      `${perTask}`,
      `${items}`,
      ...depths.map((depth) => {
        const { found, right } = verdictsOf({ perTask, items, depth, evaluations, logs, seed });
        return found < 0.05 ? percent(found) : `${percent(found)} (${percent(right)})`;
      }),
    ]),
  );
  return markdownTable(
    ['evaluations it lasts', 'evaluations a task', 'items', ...depths.map((depth) => `${depth}`)],
    rows,
  );
}
