import type { ItemResults } from './importers/importer.ts';
import { forEachGroup, type SampleLog } from './samples.ts';
import type { EvaluationLog } from './types.ts';

/** What stands for a benchmark without a name. */
const unnamed = 'accuracy';

/** One task of the evaluation log: a benchmark, and a turn where the log has several. */
interface Scored {
  readonly name: string;
  readonly benchmark: number;
  /** Null where turns do not count. */
  readonly turn: number | null;
}

/**
 * The evaluation log that a sample log is: pass@1 by round and benchmark, the mean over problems of the share of right answers to each. Where answers
 * have turns, each turn is a task of its own, `math@t1`, `math@t2`.
 *
 * Standard errors are over problems, std / √n of their shares: answers to one problem are alike, and count as one item. Not known for one problem, or
 * where all shares are equal. Counts are of problems.
 */
export function logOfSamples(samples: SampleLog): EvaluationLog {
  const scored = scoredOf(samples);
  const rows = samples.rounds.length;
  const column = (): Float64Array[] => scored.map(() => new Float64Array(rows).fill(NaN));
  const [values, standardErrors, counts] = [column(), column(), column()];
  const shares = sharesOf(samples, scored);
  shares.forEach((byRow, task) => {
    byRow.forEach((own, row) => {
      if (own.size === 0) return;
      const all = [...own.values()];
      const mean = all.reduce((sum, share) => sum + share, 0) / all.length;
      const squares = all.reduce((sum, share) => sum + (share - mean) ** 2, 0);
      values[task][row] = all.every((share) => share === all[0]) ? all[0] : mean;
      counts[task][row] = all.length;
      if (all.some((share) => share !== all[0]))
        standardErrors[task][row] = Math.sqrt(squares / (all.length - 1) / all.length);
    });
  });
  return {
    measure: 'pass@1',
    higherIsBetter: true,
    tasks: scored.map(({ name }) => name),
    steps: samples.rounds,
    trainingTask: new Int32Array(rows).fill(-1),
    values,
    ...(standardErrors.some((own) => own.some((error) => !Number.isNaN(error))) && { standardErrors }),
    counts,
  };
}

/** Shares of right answers by problem, for the tasks and rows of {@link logOfSamples}. */
export function itemsOfSamples(samples: SampleLog): ItemResults {
  let shares: ReadonlyMap<string, number>[][] | null = null;
  return {
    scores(task, row) {
      shares ??= sharesOf(samples, scoredOf(samples)).map((byRow) =>
        byRow.map((own) => new Map([...own].map(([problem, share]) => [samples.problems[problem], share]))),
      );
      const own = shares[task]?.[row];
      return own !== undefined && own.size > 0 ? own : null;
    },
  };
}

function scoredOf({ benchmarks, benchmarkOf, problem, turn }: SampleLog): Scored[] {
  const turns = benchmarks.map(() => new Set<number>());
  turn?.forEach((each, row) => turns[benchmarkOf[problem[row]]].add(each));
  return benchmarks.flatMap((own, benchmark): Scored[] => {
    const name = own === '' ? unnamed : own;
    if (turns[benchmark].size < 2) return [{ name, benchmark, turn: null }];
    const sorted = [...turns[benchmark]].toSorted((a, b) => a - b);
    return sorted.map((each, i) => ({ name: `${name}@t${i + 1}`, benchmark, turn: each }));
  });
}

/** `[tasks][rounds]`, the share of right answers by problem. */
function sharesOf(samples: SampleLog, scored: readonly Scored[]): Map<number, number>[][] {
  const shares = scored.map(() => Array.from(samples.rounds, () => new Map<number, number>()));
  const ofBenchmark = samples.benchmarks.map((_, benchmark) =>
    scored.flatMap((each, task) => (each.benchmark === benchmark ? [{ task, turn: each.turn }] : [])),
  );
  const { correct, turn } = samples;
  forEachGroup(samples, ({ round, problem, start, end }) => {
    for (const own of ofBenchmark[samples.benchmarkOf[problem]]) {
      let [right, all] = [0, 0];
      for (let row = start; row < end; row++)
        if (own.turn === null || turn![row] === own.turn) {
          all++;
          right += correct[row];
        }
      if (all > 0) shares[own.task][round].set(problem, right / all);
    }
  });
  return shares;
}
