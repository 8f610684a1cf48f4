import type { EvaluationLog } from '../../logs/index.ts';
import type { PairedError } from '../events/courses.ts';
import { dunnettTail } from '../events/simultaneous.ts';
import { signOf } from '../segments.ts';
import { normalQuantile, normalTail } from '../stats/distributions/normal.ts';
import { studentTTail } from '../stats/distributions/student-t.ts';
import { holm } from '../stats/holm.ts';
import { expectedLargest } from '../stats/expected-largest.ts';
import { differenceError } from './value-error.ts';

/** A round against an earlier one. */
export interface RoundComparison {
  readonly round: number;
  /** Value now − value then, turned so that below 0 is worse. */
  readonly difference: number;
  readonly standardError: number | null;
  /** difference / standardError. */
  readonly z: number | null;
  /** One-sided, that it fell, adjusted by Holm over the benchmarks of the round. */
  readonly p: number | null;
}

/** Where a benchmark stands after a round. */
export interface RoundTransfer {
  /** By name and by index into the log's tasks. */
  readonly task: string;
  readonly taskIndex: number;
  readonly round: number;
  /** Against the best earlier round: BWT_t = s_t − max_{u<t} s_u. */
  readonly best: RoundComparison & {
    /** Earlier rounds among which it is the best. */
    readonly among: number;
    /** How much better the best of so many looks by chance than it is; null where the error is not known. */
    readonly selectionBias: number | null;
  };
  /** Against the round before, and the first: neither was chosen for its value. */
  readonly previous: RoundComparison;
  readonly base: RoundComparison;
}

/**
 * Backward transfer of every round on every benchmark, BWT_t(j) = s_t(j) − best_{u<t} s_u(j), with z = difference / standard error, and the same
 * against the previous round and the base model.
 *
 * The best of many rounds is best by chance, too: on average by E[max of t normals] · SE/√2 where nothing changed, which is `selectionBias`. Its p is
 * therefore Dunnett's one-sided for comparisons of all t earlier rounds with this one; those of previous and base are normal tails.
 * Of at most 1000 items z is first turned into the normal number with the tail of Student's t with items − 1 degrees of freedom, for its error is
 * estimated from them. Each kind is adjusted by Holm over the benchmarks of the round; rounds are not adjusted for each other.
 *
 * Standard errors as in {@link roundGains}. Unit: that of the log. Order: rounds, then benchmarks; those not evaluated, or for the first time, are
 * left out.
 *
 * Source: Dunnett 1955, JASA 50; Holm 1979.
 *
 * @example .60, .65, .58 with errors .02: BWT .58 − .65 = −.07, z −2.47, p .013 among two; against the base −.02
 */
export function roundTransfer(
  log: EvaluationLog,
  { pairedError }: { readonly pairedError?: PairedError } = {},
): RoundTransfer[] {
  return [...log.steps.keys()].flatMap((row) => {
    const found = log.tasks.flatMap((_, task) => transferOf(log, task, row, pairedError) ?? []);
    const adjust = (kind: 'best' | 'previous' | 'base'): (number | null)[] => adjusted(found.map((own) => own[kind].p));
    const [best, previous, base] = [adjust('best'), adjust('previous'), adjust('base')];
    return found.map((own, i) => ({
      ...own,
      best: { ...own.best, p: best[i] },
      previous: { ...own.previous, p: previous[i] },
      base: { ...own.base, p: base[i] },
    }));
  });
}

function transferOf(log: EvaluationLog, task: number, row: number, pairedError?: PairedError): RoundTransfer | null {
  const values = log.values[task];
  if (Number.isNaN(values[row])) return null;
  const earlier = [...values.subarray(0, row).keys()].filter((each) => !Number.isNaN(values[each]));
  if (earlier.length === 0) return null;
  const sign = signOf(log);
  const against = earlier.map((other) => comparison(log, task, [row, other], pairedError));
  let best = 0;
  earlier.forEach((other, i) => {
    if (sign * values[other] > sign * values[earlier[best]]) best = i;
  });
  const { standardError } = against[best];
  return {
    task: log.tasks[task],
    taskIndex: task,
    round: log.steps[row],
    best: {
      ...against[best],
      p: dunnettP(against.map(({ z }, i) => (z === null ? null : asNormal(-z, itemsOf(log, task, row, earlier[i]))))),
      among: earlier.length,
      selectionBias: standardError === null ? null : (standardError / Math.SQRT2) * expectedLargest(earlier.length),
    },
    previous: against.at(-1)!,
    base: against[0],
  };
}

function comparison(
  log: EvaluationLog,
  task: number,
  [row, other]: readonly [number, number],
  pairedError?: PairedError,
): RoundComparison {
  const difference = signOf(log) * (log.values[task][row] - log.values[task][other]);
  const { error } = differenceError(log, task, [other, row], pairedError);
  const z = error === null ? null : difference / error;
  const p = z === null ? null : normalTail(asNormal(-z, itemsOf(log, task, row, other)));
  return { round: log.steps[other], difference, standardError: error, z, p };
}

/** Items of the smaller of two evaluations; infinitely many where that is not known. */
function itemsOf({ counts }: EvaluationLog, task: number, row: number, other: number): number {
  const fewest = Math.min(counts?.[task][row] ?? NaN, counts?.[task][other] ?? NaN);
  return fewest >= 2 ? fewest : Infinity;
}

/** From here on Student's t is normal for all purposes; beyond `farthest` tails are 0. */
const many = 1000;
const farthest = 37;

/** The normal number with the tail of a difference whose error is itself estimated from few items, Student's with items − 1 degrees of freedom. */
function asNormal(z: number, items: number): number {
  return items > many ? z : Math.max(-farthest, Math.min(farthest, -normalQuantile(studentTTail(z, items - 1))));
}

/** Dunnett's p of the largest fall from any of the earlier rounds, all alike in their errors. @param falls as normal numbers */
function dunnettP(falls: readonly (number | null)[]): number | null {
  const known = falls.filter((fall) => fall !== null);
  if (known.length < falls.length) return null;
  const largest = Math.max(...known);
  return falls.length === 1 ? normalTail(largest) : dunnettTail(largest, falls.map(() => Math.SQRT1_2)); // prettier-ignore
}

function adjusted(p: readonly (number | null)[]): (number | null)[] {
  const known = holm(p.filter((value) => value !== null));
  let next = 0;
  return p.map((value) => (value === null ? null : known[next++]));
}
