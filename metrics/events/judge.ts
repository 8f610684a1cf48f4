import { normalTail } from '../stats/distributions/normal.ts';
import { studentTTail } from '../stats/distributions/student-t.ts';
import { holm } from '../stats/holm.ts';
import { lowestOf } from './course.ts';
import type { ItemErrors, Passage } from './courses.ts';
import type { Fluctuation } from './fluctuation.ts';
import { dunnettTail } from './simultaneous.ts';
import type { Tails } from './tails.ts';

/**
 * Where the error of a difference is known from: given with the values, from the number of items, from the items one by one, or from how much values move up
 * and down.
 */
export type NoiseSource = 'given' | 'binomial' | 'paired' | 'fluctuation';

/** A way to tell what chance does to differences reference − value: by the items, or by the fluctuation. */
interface Yardstick {
  errorAt(i: number): number;
  /** P that the largest of the differences, in errors, is above this. */
  fall(largest: number): number;
  /** P that one of them is. */
  single(difference: number): number;
  /** What a single one is above with probability α, in errors. */
  readonly quantile: number;
}

/** What chance does to the differences of a passage. */
export interface Chance {
  readonly source: NoiseSource | null;
  /** The standard error of the difference; null where it is not known. */
  errorAt(i: number): number | null;
  /** How far below the reference chance may put a value, but for a probability α; 0 where it is not known. */
  marginAt(i: number): number;
  /** The p-value of the deepest fall; null where the noise is not known. */
  readonly fall: number | null;
  /** The p-value of the last evaluation as a rise; null where the noise is not known. */
  readonly rise: number | null;
}

/** From this part of the items' error on the fluctuation counts: it is an estimate, and may be too low. */
const comparable = 0.9;

/**
 * The chances of a passage. The fluctuation counts, with its few degrees of freedom, where it is not clearly smaller than the error of the items: at the
 * minimum for a fall, at the end for a rise. Then both have to be exceeded. Where it is smaller it would only cost power.
 */
export function chanceOf(passage: Passage, alpha: number, tails: Tails): Chance {
  const { reference, values } = passage;
  const items = passage.items && byItems(passage, passage.items, { alpha, tails });
  const moves = passage.fluctuation && byFluctuation(passage, passage.fluctuation, { alpha, tails });
  const largerAt = (i: number): Yardstick | null =>
    moves === null || (items !== null && comparable * items.errorAt(i) >= moves.errorAt(i)) ? items : moves;
  const [minimum, last] = [lowestOf(values), values.length - 1];
  const largestIn = ({ errorAt }: Yardstick): number => {
    let largest = -Infinity;
    for (let i = 0; i < values.length; i++) largest = Math.max(largest, (reference - values[i]) / errorAt(i));
    return largest;
  };
  const pOf = (decisive: Yardstick | null, p: (yardstick: Yardstick) => number): number | null => {
    if (decisive === null) return null;
    return items === null || decisive === items ? p(decisive) : Math.max(p(items), p(decisive));
  };
  return {
    source: largerAt(minimum) === items ? (passage.items?.source ?? null) : 'fluctuation',
    errorAt: (i) => largerAt(i)?.errorAt(i) ?? null,
    marginAt(i) {
      const yardstick = largerAt(i);
      return yardstick === null ? 0 : yardstick.quantile * yardstick.errorAt(i);
    },
    fall: pOf(largerAt(minimum), (yardstick) => yardstick.fall(largestIn(yardstick))),
    rise: pOf(largerAt(last), (yardstick) => yardstick.single((values[last] - reference) / yardstick.errorAt(last))),
  };
}

interface At {
  readonly alpha: number;
  readonly tails: Tails;
}

function byItems({ values, choices }: Passage, { errors, lambdas }: ItemErrors, { alpha, tails }: At): Yardstick {
  return {
    errorAt: (i) => errors[i],
    fall(largest) {
      if (choices > 1) return tails.range(Math.max(0, largest) * Math.SQRT2, choices, Infinity);
      if (lambdas?.every((lambda) => Math.abs(lambda - Math.SQRT1_2) < 1e-9))
        return tails.dunnett(largest, values.length, Infinity);
      if (lambdas) return dunnettTail(largest, lambdas);
      return -Math.expm1(values.length * Math.log1p(-normalTail(largest)));
    },
    single: normalTail,
    quantile: tails.quantile(alpha, Infinity),
  };
}

function byFluctuation({ values, choices }: Passage, { error, degrees }: Fluctuation, { alpha, tails }: At): Yardstick {
  return {
    errorAt: () => error,
    fall: (largest) =>
      choices > 1
        ? tails.range(Math.max(0, largest) * Math.SQRT2, choices, degrees)
        : tails.dunnett(largest, values.length, degrees),
    single: (difference) => studentTTail(difference, degrees),
    quantile: tails.quantile(alpha, degrees),
  };
}

/** Holm's adjustment of those p-values that there are. */
export function adjust(p: readonly (number | null)[]): (number | null)[] {
  const adjusted = holm(p.filter((value) => value !== null));
  let next = 0;
  return p.map((value) => (value === null ? null : adjusted[next++]));
}

/**
 * Falls from peaks: the studentised range allows for all falls of one task already, so that each counts among the deepest falls of the other tasks.
 */
export function adjustByTask(passages: readonly Passage[], p: readonly (number | null)[]): (number | null)[] {
  const smallest = new Map<number, number>();
  passages.forEach(({ task }, i) => {
    const own = p[i];
    if (own !== null) smallest.set(task, Math.min(own, smallest.get(task) ?? 1));
  });
  const others = new Map(
    [...smallest.keys()].map((task) => [task, [...smallest].flatMap(([each, own]) => (each === task ? [] : [own]))]),
  );
  return p.map((own, i) => (own === null ? null : holm([own, ...others.get(passages[i].task)!])[0]));
}
