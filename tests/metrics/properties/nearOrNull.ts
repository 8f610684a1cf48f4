import { near } from '../stats/near.ts';

/** What `toEqual` takes for a number that agrees to 12 digits, or for null where there is none. */
export const nearOrNull = (expected: number | null): unknown => (expected === null ? null : near(expected));
