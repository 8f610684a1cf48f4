import { markdownTable, percent } from './markdown.ts';
import { alarmRate } from './rates.ts';
import type { Simulation } from './simulated.ts';

/** Evaluations in the training of each task: the columns. */
const perTask = [1, 10, 100, 1000] as const;

/** What a row has in common, and what it is called. */
interface Row extends Pick<Simulation, 'named' | 'noise' | 'known'> {
  readonly title: string;
}

const knownTitles = {
  counts: 'numbers of items',
  errors: 'errors',
  items: 'the items, paired',
  nothing: 'nothing',
} as const;

const rows: readonly Row[] = [true, false].flatMap((named) =>
  (['drawn', { memory: 0.005 }, { memory: 0.02 }, { memory: 0.1 }] as const).flatMap((noise) =>
    (noise === 'drawn'
      ? (['counts', 'errors', 'items', 'nothing'] as const)
      : (['counts', 'items', 'nothing'] as const)
    ).map((known) => ({
      named,
      noise,
      known,
      title: [
        named ? 'named' : 'not named',
        noise === 'drawn' ? 'drawn anew' : `fixed, ${100 * noise.memory} %`,
        knownTitles[known],
      ].join(' | '),
    })),
  ),
);

/** The logs of a cell: all combinations that are worth their time. */
function simulationsOf(row: Row, evaluations: number): Simulation[] {
  const { named, noise, known } = row;
  const paired = known === 'items';
  // The noise of a value by itself is not known: any fall counts, and nothing is claimed.
  if (known === 'nothing' && evaluations === 1) return [];
  if (paired && evaluations > 100) return [];
  return [50, 200, ...(paired ? [] : [1000])].flatMap((items) =>
    [0.3, 0.7, 0.95, 0.99].flatMap((accuracy) =>
      [2, 5, ...(paired || evaluations > 100 ? [] : [20])].map((tasks) => ({
        tasks,
        perTask: evaluations,
        items,
        accuracy,
        named,
        noise,
        known,
      })),
    ),
  );
}

export interface FalseAlarms {
  /** Markdown. */
  readonly table: string;
  /** In which cells combinations are above 5 % by more than three standard errors. */
  readonly above: readonly string[];
}

/**
 * How many of all flat logs have an event, by what is known and how often was evaluated: in all combinations of 50, 200 and 1,000 items, accuracies of .3, .7, .95 and .99, and 2, 5 and 20 tasks.
 * @param values that may be drawn for a combination, over all its logs: at most 200, at least 20
 */
export function falseAlarms(values: number, seed: number, say: (text: string) => void): FalseAlarms {
  const above: string[] = [];
  const cellOf = (row: Row, evaluations: number): string => {
    let [alarms, all, largest, tooMany] = [0, 0, 0, 0];
    const simulations = simulationsOf(row, evaluations);
    for (const simulation of simulations) {
      const { tasks, items } = simulation;
      const cost = tasks ** 2 * evaluations * (row.known === 'items' ? items : 1);
      const logs = Math.max(20, Math.min(200, Math.floor(values / cost)));
      const rate = alarmRate(simulation, logs, seed);
      alarms += rate * logs;
      all += logs;
      largest = Math.max(largest, rate);
      if (rate > 0.05 + 3 * Math.sqrt((0.05 * 0.95) / logs)) tooMany++;
    }
    if (tooMany > 0)
      above.push(
        `${row.title.replaceAll(' |', ',')}, ${evaluations} a task: ${tooMany} of ${simulations.length} combinations, up to ${percent(largest)} %`,
      );
    return all === 0 ? '' : `${percent(alarms / all)} (${percent(largest)})`;
  };
  const cells = rows.map((row, i) => {
    say(`${i + 1}/${rows.length} ${row.title}\n`);
    return [row.title, ...perTask.map((evaluations) => cellOf(row, evaluations))];
  });
  const header = ['switches', 'items', 'known', ...perTask.map((count) => `${count} a task`)];
  return {
    table: markdownTable(
      header,
      cells.map(([title, ...rest]) => [...title.split(' | '), ...rest]),
      3,
    ),
    above,
  };
}
