import { requireCount, requireFinite } from '../stats/require.ts';

const names = ['accuracyT1', 'accuracyT2', 'delta', 'incorrectToCorrect', 'correctToIncorrect'] as const;
type Name = (typeof names)[number];

/** A row of a table on self-correction in percent, as printed; null or left out where it is not given. */
export type PublishedCorrection = Readonly<Partial<Record<Name, number | null>>>;

export interface CorrectionCheck {
  /** Whether all that is given fits together; null where too little is given to tell. */
  readonly consistent: boolean | null;
  /** Numbers of which one must be wrong; empty where all fit. */
  readonly suspects: readonly Name[];
  /** The row, with those numbers filled in that follow from others; null where none does. In percent, rounded as the others. */
  readonly numbers: Readonly<Record<Name, number | null>>;
  /** Which of them were filled in. */
  readonly filled: readonly Name[];
  /** A sentence for each thing that does not fit. */
  readonly problems: readonly string[];
}

/** Identities: the signed sum of their numbers is 0. */
const identities: readonly { readonly text: string; readonly signs: Readonly<Partial<Record<Name, 1 | -1>>> }[] = [
  { text: 'Δ = accuracy@t2 − accuracy@t1', signs: { delta: 1, accuracyT2: -1, accuracyT1: 1 } },
  { text: 'Δ = Δi→c − Δc→i', signs: { delta: 1, incorrectToCorrect: -1, correctToIncorrect: 1 } },
  {
    text: 'accuracy@t2 − accuracy@t1 = Δi→c − Δc→i',
    signs: { accuracyT2: 1, accuracyT1: -1, incorrectToCorrect: -1, correctToIncorrect: 1 },
  },
];

/** What cannot be larger than what, since it is a part of it. */
const bounds: readonly {
  readonly text: string;
  readonly of: readonly Name[];
  readonly room: (n: Complete) => number;
}[] = [
  {
    text: 'Δi→c is part of what was wrong, 100 − accuracy@t1',
    of: ['incorrectToCorrect', 'accuracyT1'],
    room: (n) => 100 - n.accuracyT1 - n.incorrectToCorrect,
  },
  {
    text: 'Δc→i is part of what was right, accuracy@t1',
    of: ['correctToIncorrect', 'accuracyT1'],
    room: (n) => n.accuracyT1 - n.correctToIncorrect,
  },
];
type Complete = Readonly<Record<Name, number>>;

/**
 * Checks the five numbers of a published row on self-correction against each other, and fills in those that follow: Δ = accuracy@t2 − accuracy@t1 and
 * Δ = Δi→c − Δc→i. Each number may be off by half of its last digit, so that an identity of three numbers holds within 1.5 of it, one of four within
 * 2.
 *
 * Where an identity fails, its numbers are suspects, but for those of an identity that holds: if both with Δ fail and the one without it holds, Δ is
 * wrong. Shares must lie in [0, 100] and be no larger than what they are a part of.
 *
 * Source of the identities: Kumar et al. 2024, SCoRe (arXiv:2409.12917).
 *
 * @param decimals printed after the point
 * @throws {RangeError} for a number that is not finite, and unless decimals is a whole number of at least 0
 * @example checkSelfCorrection({ accuracyT1: 60, accuracyT2: 64.4, delta: 4.4, correctToIncorrect: 1.4 }).numbers.incorrectToCorrect // 5.8
 */
export function checkSelfCorrection(row: PublishedCorrection, decimals = 1): CorrectionCheck {
  requireCount(decimals, 'the number of decimals');
  requireFinite(names.flatMap((name) => row[name] ?? []));
  const half = 0.5 * 10 ** -decimals;
  const numbers = Object.fromEntries(names.map((name) => [name, row[name] ?? null])) as Record<Name, number | null>;
  const results = identities.map(({ signs, text }) => ({ text, ...residualOf(numbers, signs, half) }));
  const failed = results.filter(({ holds }) => holds === false);
  const sound = new Set(results.flatMap(({ holds, of }) => (holds === true ? of : [])));
  const problems = failed.map(({ text, residual }) => `${text} is off by ${Math.abs(residual!).toFixed(decimals)}`);
  const suspects = new Set(suspectsOf(failed, sound));
  if (failed.length === 0) fillIn(numbers, decimals);
  for (const name of names.filter((each) => each !== 'delta')) {
    const value = numbers[name];
    if (value === null || (value >= -half && value <= 100 + half)) continue;
    problems.push(`${name} is ${value}, and shares lie between 0 and 100`);
    suspects.add(name);
  }
  for (const { text, of, room } of bounds) {
    if (of.some((name) => numbers[name] === null) || room(numbers as Complete) >= -2 * half - 1e-9) continue;
    problems.push(`${text}, and larger`);
    for (const name of of) suspects.add(name);
  }
  return {
    consistent: problems.length > 0 ? false : results.some(({ holds }) => holds === true) ? true : null,
    suspects: names.filter((name) => suspects.has(name)),
    numbers,
    filled: names.filter((name) => numbers[name] !== null && (row[name] ?? null) === null),
    problems,
  };
}

interface Residual {
  readonly of: readonly Name[];
  /** Null where a number is missing. */
  readonly residual: number | null;
  readonly holds: boolean | null;
}

function residualOf(
  numbers: Readonly<Record<Name, number | null>>,
  signs: Readonly<Partial<Record<Name, 1 | -1>>>,
  half: number,
): Residual {
  const of = names.filter((name) => signs[name] !== undefined);
  if (of.some((name) => numbers[name] === null)) return { of, residual: null, holds: null };
  const residual = of.reduce((sum, name) => sum + signs[name]! * numbers[name]!, 0);
  return { of, residual, holds: Math.abs(residual) <= of.length * half + 1e-9 };
}

/** Numbers that stand in all failed identities, and in none that holds; all of the failed ones if none is left. */
function suspectsOf(failed: readonly Residual[], sound: ReadonlySet<Name>): readonly Name[] {
  if (failed.length === 0) return [];
  const common = names.filter((name) => failed.every(({ of }) => of.includes(name)) && !sound.has(name));
  return common.length > 0 ? common : names.filter((name) => failed.some(({ of }) => of.includes(name)));
}

/** Solves the identities of three numbers for the one that is missing, until nothing more follows. */
function fillIn(numbers: Record<Name, number | null>, decimals: number): void {
  for (let i = 0; i < names.length; i++)
    for (const { signs } of identities) {
      const of = names.filter((name) => signs[name] !== undefined);
      const missing = of.filter((name) => numbers[name] === null);
      if (missing.length !== 1) continue;
      const [name] = missing;
      const sum = of.reduce((total, each) => total + (each === name ? 0 : signs[each]! * numbers[each]!), 0);
      numbers[name] = Number((-sum / signs[name]!).toFixed(decimals)) + 0;
    }
}
