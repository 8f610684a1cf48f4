import { normalQuantile } from '../stats/distributions/normal.ts';
import { studentTQuantile } from '../stats/distributions/student-t.ts';
import { dunnettTailAlike, rangeTail } from './simultaneous.ts';

/** Tails and quantiles that are asked for again and again on one log, each computed once. `degrees` is infinite where errors are known. */
export interface Tails {
  /** {@link dunnettTailAlike} */
  dunnett(d: number, m: number, degrees: number): number;
  /** {@link rangeTail} */
  range(q: number, groups: number, degrees: number): number;
  /** What a single difference is above with probability α. */
  quantile(alpha: number, degrees: number): number;
}

const perUnit = 16;

/** Tails are computed at multiples of 1/16, and their logarithm is linear between: relative error below 1e-3. */
export function createTails(): Tails {
  const known = new Map<string, number>();
  const once = (key: string, compute: () => number): number => {
    const value = known.get(key) ?? compute();
    known.set(key, value);
    return value;
  };
  const between = (x: number, name: string, tail: (x: number) => number): number => {
    const i = Math.floor(x * perUnit);
    const [left, right] = [i, i + 1].map((place) => once(`${name} ${place}`, () => Math.log(tail(place / perUnit))));
    return right === -Infinity ? 0 : Math.exp(left + (x * perUnit - i) * (right - left));
  };
  return {
    dunnett: (d, m, degrees) => between(d, `dunnett ${m} ${degrees}`, (x) => dunnettTailAlike(x, m, degrees)),
    range: (q, groups, degrees) => between(q, `range ${groups} ${degrees}`, (x) => rangeTail(x, groups, degrees)),
    quantile: (alpha, degrees) =>
      once(`quantile ${alpha} ${degrees}`, () =>
        degrees === Infinity ? -normalQuantile(alpha) : -studentTQuantile(alpha, degrees),
      ),
  };
}
