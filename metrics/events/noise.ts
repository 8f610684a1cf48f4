import type { EvaluationLog } from '../../logs/index.ts';
import { segmentsOf } from '../segments.ts';
import { fluctuationOf, residualsOf, type Fluctuation } from './fluctuation.ts';
import { impliedCount, itemErrorOf, type ItemError, type Known } from './itemError.ts';

/** How far the values of one task are off by chance. */
export interface Noise {
  /** Where the error that the items leave is known from. */
  readonly items: 'given' | 'binomial' | null;
  /** What the items leave in doubt about the difference between the value in a row and that in another; null where it is not known. */
  differenceFrom(reference: number): (row: number) => ItemError | null;
  /** How much the values move by themselves; null where there are too few, or where they never differ. */
  readonly fluctuation: Fluctuation | null;
}

/** A log that does not say what was trained is looked at in so many pieces, of 4 evaluations at least. */
const pieces = 20;
const smallestPiece = 4;

/**
 * The noise of the values of each task, from two sources. *Items*: the standard errors that the log gives; else, for shares, the binomial error of their number
 * ({@link itemErrorOf}). Where the log gives errors, but not for some share (tools have none at 0 and 1), its number of items is what the others imply.
 *
 * *Fluctuation*: how far values lie from a straight line where nothing happens ({@link fluctuationOf}). These are the second halves of all stretches of training
 * since the task was first trained: at their start it is learnt, and falls and recovers. A log that does not say what was trained is cut into twenty pieces; with
 * fewer than 80 evaluations they would hold fewer than 4, and learning is not to be told from fluctuation, so that it counts only where nothing else is known; with fewer than 8 not even then.
 *
 * @param cuts rows at which a stretch begins, in ascending order, besides those where the trained task changes
 */
export function noisesOf(log: EvaluationLog, cuts: readonly number[]): (task: number) => Noise {
  const found = new Map<number, Noise>();
  const shares = isShare(log);
  const stretches = stretchesOf(log, cuts);
  const named = cuts.length > 0 || stretches.some(({ trained }) => trained >= 0);
  return (task) => {
    const known = found.get(task);
    if (known) return known;
    const { items, differenceFrom } = itemNoise(log, task, shares);
    const values = log.values[task];
    const quiet = named ? secondHalves(values, stretches, task) : piecesOf(values, items === null);
    const fluctuation = fluctuationOf(quiet.flatMap((part) => residualsOf(part) ?? []));
    const noise = { items, differenceFrom, fluctuation };
    found.set(task, noise);
    return noise;
  };
}

function itemNoise(log: EvaluationLog, task: number, shares: boolean): Pick<Noise, 'items' | 'differenceFrom'> {
  const values = log.values[task];
  const given = log.standardErrors?.[task];
  const counts = shares ? log.counts?.[task] : undefined;
  const implied = shares && given ? impliedCount(values, given) : null;
  const knownOf = (row: number): Known => ({
    value: values[row],
    error: given && given[row] > 0 ? given[row] : null,
    count: counts && counts[row] > 0 ? counts[row] : implied,
  });
  return {
    items: knows(values, given) ? 'given' : knows(values, counts) ? 'binomial' : null,
    differenceFrom(reference) {
      const known = knownOf(reference);
      return (row) => itemErrorOf(known, knownOf(row));
    },
  };
}

interface Stretch {
  /** The task that is trained. */
  readonly trained: number;
  readonly start: number;
  readonly end: number;
}

/** The second half of each stretch since a task was first trained. */
function secondHalves(values: Float64Array, stretches: readonly Stretch[], task: number): Float64Array[] {
  const first = stretches.findIndex(({ trained }) => trained === task);
  return stretches.slice(Math.max(0, first)).map(({ start, end }) => {
    const made = evaluated(values.subarray(start, end));
    return made.subarray(made.length >> 1);
  });
}

/** Twenty pieces, or as many as have 4 evaluations. */
function piecesOf(values: Float64Array, alone: boolean): Float64Array[] {
  const made = evaluated(values);
  const count = Math.min(pieces, Math.floor(made.length / smallestPiece));
  if (count < (alone ? 2 : pieces)) return [];
  const bound = (i: number): number => Math.round((i * made.length) / count);
  return Array.from({ length: count }, (_, i) => made.subarray(bound(i), bound(i + 1)));
}

function evaluated(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value));
}

function stretchesOf(log: EvaluationLog, cuts: readonly number[]): Stretch[] {
  return segmentsOf(log).flatMap(({ task, start, end }) => {
    const inside = cuts.filter((row) => row > start && row < end);
    return [start, ...inside].map((from, i) => ({ trained: task, start: from, end: inside[i] ?? end }));
  });
}

/** Whether something is known of any value. */
function knows(values: Float64Array, known?: Float64Array): boolean {
  return known !== undefined && values.some((value, row) => !Number.isNaN(value) && known[row] > 0);
}

/** Whether values can be shares of right answers. */
function isShare({ higherIsBetter, values }: EvaluationLog): boolean {
  return (
    higherIsBetter && values.every((each) => each.every((value) => Number.isNaN(value) || (value >= 0 && value <= 1)))
  );
}
