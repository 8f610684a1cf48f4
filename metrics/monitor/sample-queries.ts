import { forEachGroup, type SampleLog } from '../../logs/index.ts';

/** The answers to one problem in one round, as rows of the log. */
export interface Query {
  readonly problem: number;
  /** The answers that count: where there are turns, the last of each chain. */
  readonly answers: readonly number[];
  /** Rows by chain, in the order of turns; null where the log has no turns, or does not tell which belong together. */
  readonly chains: readonly (readonly number[])[] | null;
}

/** The queries of one benchmark in one round. */
export interface RoundQueries {
  readonly round: number;
  readonly queries: readonly Query[];
}

/** The queries of every benchmark by round; rounds in which a benchmark has none are left out. */
export function queriesOf(samples: SampleLog): RoundQueries[][] {
  const found = samples.benchmarks.map(() => Array.from(samples.rounds, (): Query[] => []));
  forEachGroup(samples, ({ round, problem, start, end }) => {
    found[samples.benchmarkOf[problem]][round].push(queryOf(samples, problem, start, end));
  });
  return found.map((byRound) =>
    byRound.flatMap((queries, i) => (queries.length === 0 ? [] : [{ round: samples.rounds[i], queries }])),
  );
}

function queryOf({ turn, chain }: SampleLog, problem: number, start: number, end: number): Query {
  const rows = Array.from({ length: end - start }, (_, i) => start + i);
  if (turn === null) return { problem, answers: rows, chains: null };
  if (chain === null) {
    const last = rows.reduce((most, row) => Math.max(most, turn[row]), -1);
    return { problem, answers: rows.filter((row) => turn[row] === last), chains: null };
  }
  const chains: number[][] = [];
  for (const row of rows) {
    if (row > start && chain[row] === chain[row - 1]) chains.at(-1)!.push(row);
    else chains.push([row]);
  }
  return { problem, answers: chains.map((own) => own.at(-1)!), chains };
}

/** The fewest answers that a problem has in a round. */
export function fewestAnswers(rounds: readonly RoundQueries[]): number {
  return rounds.reduce(
    (least, { queries }) => queries.reduce((own, { answers }) => Math.min(own, answers.length), least),
    Infinity,
  );
}

/** Of each problem the fewest answers for which `counts` holds in any round that has it, so that rounds can be compared over equal numbers. */
export function commonNumbers(
  rounds: readonly RoundQueries[],
  counts: (row: number) => boolean,
): ReadonlyMap<number, number> {
  const common = new Map<number, number>();
  for (const { queries } of rounds)
    for (const { problem, answers } of queries) {
      const own = answers.filter(counts).length;
      common.set(problem, Math.min(own, common.get(problem) ?? Infinity));
    }
  return common;
}
