import { UserError } from '../base/index.ts';
import { createColumn, createTextColumn, orderBy } from './sampleColumns.ts';
import type { SampleLog } from './samples.ts';

/** One answer. What is left out, null or NaN is not known. See {@link SampleLog} for what each is. */
export interface Sample {
  readonly round: number;
  readonly problem: string;
  readonly correct: boolean;
  readonly benchmark?: string;
  readonly reward?: number;
  readonly answer?: string | null;
  /** Given for all answers or for none. */
  readonly turn?: number;
  /** Given for all answers or for none. */
  readonly chain?: string | null;
  readonly selected?: boolean | null;
  readonly solution?: string | null;
  readonly category?: string | null;
  /** The same in all answers of a round. */
  readonly realShare?: number;
}

/** Gathers answers in any order and makes a sample log of them. */
export interface SampleBuilder {
  /** @throws {UserError} for a round below 0, a turn that is no whole number up to 65535, and a second share of real data in one round */
  add(sample: Sample): void;
  /** Answers so far. */
  readonly size: number;
  /**
   * An answer that names its chain and stands there again, all the same, is counted once.
   * @param notes gets a sentence for what was left out
   * @throws {UserError} without an answer, for turns or chains in some answers only, and for two different answers of one round, problem, chain and turn
   */
  build(notes?: string[]): SampleLog;
}

const mostTurns = 65_536;

/**
 * @param source what the answers are from, for errors
 * @example const builder = createSampleBuilder('my loop'); builder.add({ round: 0, problem: 'p1', correct: true }); builder.build()
 */
export function createSampleBuilder(source: string): SampleBuilder {
  const columns = createColumns();
  const problems = new Map<string, Map<string, number>>();
  const heads: Heads = { problems: [], benchmarks: [], benchmarkOf: [], realShare: new Map() };
  return {
    get size() {
      return columns.round.length;
    },
    add(sample) {
      const { round, turn = -1, benchmark = '' } = sample;
      if (!(round >= 0 && round < Infinity))
        throw new UserError(`${source}: the round is ${round}; rounds are numbers from 0 on`);
      if (turn !== -1 && !(Number.isInteger(turn) && turn >= 0 && turn < mostTurns))
        throw new UserError(`${source}: the turn is ${turn}; turns are whole numbers from 0 to ${mostTurns - 1}`);
      noteShare(heads.realShare, sample, source);
      let own = problems.get(benchmark);
      if (own === undefined) {
        own = new Map();
        problems.set(benchmark, own);
        heads.benchmarks.push(benchmark);
      }
      let problem = own.get(sample.problem);
      if (problem === undefined) {
        problem = heads.problems.push(sample.problem) - 1;
        own.set(sample.problem, problem);
        heads.benchmarkOf.push(problems.size === 1 ? 0 : heads.benchmarks.indexOf(benchmark));
      }
      columns.round.push(round);
      columns.problem.push(problem);
      columns.correct.push(sample.correct ? 1 : 0);
      columns.reward.push(sample.reward ?? NaN);
      columns.turn.push(turn);
      columns.selected.push(sample.selected === null || sample.selected === undefined ? -1 : Number(sample.selected));
      columns.chain.push(sample.chain);
      columns.answer.push(sample.answer);
      columns.solution.push(sample.solution);
      columns.category.push(sample.category);
    },
    build: (notes = []) => assemble(columns, heads, source, notes),
  };
}

/** What is known beside the rows. */
interface Heads {
  readonly problems: string[];
  readonly benchmarks: string[];
  readonly benchmarkOf: number[];
  /** By round. */
  readonly realShare: Map<number, number>;
}

function createColumns() {
  return {
    round: createColumn(Float64Array),
    problem: createColumn(Int32Array),
    correct: createColumn(Uint8Array),
    reward: createColumn(Float64Array),
    turn: createColumn(Int32Array),
    selected: createColumn(Int8Array),
    chain: createTextColumn(),
    answer: createTextColumn(),
    solution: createTextColumn(),
    category: createTextColumn(),
  };
}
type Columns = ReturnType<typeof createColumns>;

function noteShare(shares: Map<number, number>, { round, realShare = NaN }: Sample, source: string): void {
  const before = shares.get(round) ?? NaN;
  if (Number.isNaN(before)) shares.set(round, realShare);
  else if (!Number.isNaN(realShare) && realShare !== before)
    throw new UserError(
      `${source}: round ${round} has two shares of real data, ${before} and ${realShare}; it is one number a round`,
    );
}

function assemble(columns: Columns, heads: Heads, source: string, notes: string[]): SampleLog {
  const size = columns.round.length;
  if (size === 0) throw new UserError(`${source} holds no answers; check the file`);
  const hasTurn = allOrNone(count(columns.turn.values(), -1), size, source, 'turn');
  const hasChain = allOrNone(size - columns.chain.known, size, source, 'chain');
  const rounds = new Float64Array(new Set(columns.round.values())).toSorted();
  const rankOf = new Map([...rounds].map((round, rank) => [round, rank]));
  const round = Int32Array.from(columns.round.values(), (value) => rankOf.get(value)!);
  const keys = [
    round,
    columns.problem.values(),
    ...(hasChain ? [columns.chain.ids.values()] : []),
    ...(hasTurn ? [columns.turn.values()] : []),
  ];
  const sorted = orderBy(keys, size);
  const order = hasChain ? withoutRepeats(columns, heads, keys, sorted, { source, notes }) : sorted;
  const chain = hasChain ? columns.chain.ids.inOrder(order) : hasTurn ? oneChain(keys, order) : null;
  const selected = columns.selected.inOrder(order);
  const reward = columns.reward.inOrder(order);
  const realShare = Float64Array.from(rounds, (value) => heads.realShare.get(value) ?? NaN);
  return {
    length: order.length,
    rounds,
    round: order.map((row) => round[row]),
    problems: heads.problems,
    problem: columns.problem.inOrder(order),
    benchmarks: heads.benchmarks,
    benchmarkOf: Int32Array.from(heads.benchmarkOf),
    correct: columns.correct.inOrder(order),
    reward: reward.every((value) => Number.isNaN(value)) ? null : reward,
    answer: columns.answer.inOrder(order),
    turn: hasTurn ? columns.turn.inOrder(order) : null,
    chain,
    selected: selected.every((value) => value === -1) ? null : selected,
    solution: columns.solution.inOrder(order),
    category: columns.category.inOrder(order),
    realShare: realShare.every((value) => Number.isNaN(value)) ? null : realShare,
  };
}

function count(values: Int32Array, value: number): number {
  let found = 0;
  for (const each of values) if (each === value) found++;
  return found;
}

function allOrNone(missing: number, size: number, source: string, what: string): boolean {
  if (missing === 0 || missing === size) return missing === 0;
  throw new UserError(
    `${source}: ${missing} of ${size} answers have no ${what}; give it for all of them, or leave the column out`,
  );
}

/** One chain for every problem, if none has two answers of one turn in one round; else nothing tells which belong together. */
function oneChain(keys: readonly Int32Array[], order: Int32Array): Int32Array | null {
  for (let i = 1; i < order.length; i++) if (sameIn(keys, order[i - 1], order[i])) return null;
  return new Int32Array(order.length);
}

function sameIn(keys: readonly Int32Array[], a: number, b: number): boolean {
  return keys.every((key) => key[a] === key[b]);
}

function withoutRepeats(
  columns: Columns,
  heads: Heads,
  keys: readonly Int32Array[],
  order: Int32Array,
  { source, notes }: { readonly source: string; readonly notes: string[] },
): Int32Array {
  const others = [
    columns.correct.values(),
    columns.reward.values(),
    columns.selected.values(),
    columns.answer.ids.values(),
    columns.solution.ids.values(),
    columns.category.ids.values(),
  ];
  const kept = new Int32Array(order.length);
  let length = 0;
  for (const row of order) {
    const before = kept[length - 1];
    if (length === 0 || !sameIn(keys, before, row)) kept[length++] = row;
    else if (!others.every((column) => Object.is(column[before], column[row]))) {
      const [round, turn] = [columns.round.values()[row], columns.turn.values()[row]];
      const of = `chain ${columns.chain.names[columns.chain.ids.values()[row]]}${turn < 0 ? '' : `, turn ${turn}`}`;
      const problem = heads.problems[columns.problem.values()[row]];
      throw new UserError(
        `${source}: two different answers to problem ${brief(problem)} in round ${round} are both of ${brief(of)}; number them apart`,
      );
    }
  }
  const repeated = order.length - length;
  if (repeated > 0)
    notes.push(
      `${repeated} ${repeated === 1 ? 'answer stands' : 'answers stand'} there again, of the same chain; counted once`,
    );
  return kept.slice(0, length);
}

function brief(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
