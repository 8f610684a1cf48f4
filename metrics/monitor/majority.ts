import { requireCount } from '../stats/require.ts';

/** A sampled answer. One without an answer, such as a text in which none was found, does not vote. */
export interface Vote {
  readonly answer: string | number | null;
  readonly correct: boolean;
}

export interface Majority {
  /** Votes. */
  readonly n: number;
  /** Share of the votes that the most frequent answer has, m = max_a count(a) / n. */
  readonly mass: number;
  /** Chance that it is right: 1 or 0, between where several are equally frequent and one of them is drawn. */
  readonly right: number;
  /** Entropy of the answers in nats. */
  readonly entropy: number;
}

/**
 * The most frequent answer to one problem (self-consistency), what share of the votes it has, and how much answers differ.
 *
 * Source: Wang et al. 2022 (arXiv:2203.11171) for the vote. Null if nobody votes. Where one answer is right in some rows and wrong in others, it is
 * right by their share.
 *
 * @example answers 12, 12, 7, the first two right: { n: 3, mass: 2/3, right: 1, entropy: 0.6365 }
 */
export function majorityOf(votes: readonly Vote[]): Majority | null {
  const counts = new Map<string | number, { votes: number; right: number }>();
  let n = 0;
  for (const { answer, correct } of votes) {
    if (answer === null) continue;
    n++;
    const own = counts.get(answer);
    if (own === undefined) counts.set(answer, { votes: 1, right: Number(correct) });
    else {
      own.votes++;
      own.right += Number(correct);
    }
  }
  if (n === 0) return null;
  const all = [...counts.values()];
  const most = all.reduce((largest, own) => Math.max(largest, own.votes), 0);
  const first = all.filter((own) => own.votes === most);
  const right = first.reduce((sum, own) => sum + own.right / own.votes, 0) / first.length;
  return { n, mass: most / n, right, entropy: entropyOf(all.map((own) => own.votes)) };
}

/**
 * Entropy of counts in nats, H = −Σ p ln p with p = count / Σ counts. Of few samples it is too low, by about (kinds − 1) / 2n on average (Miller
 * 1955): compare it between equal numbers of samples only.
 *
 * In [0, ln n]; 0 where all are of one kind, and without counts.
 *
 * @throws {RangeError} unless counts are whole numbers of at least 0
 * @example entropyOf([2, 1, 1]) // 1.0397207708, that is 1.5 ln 2
 */
export function entropyOf(counts: readonly number[]): number {
  counts.forEach((count, i) => requireCount(count, `counts[${i}]`));
  const n = counts.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  for (const count of counts) if (count > 0) sum += (count / n) * Math.log(n / count);
  return sum;
}

/**
 * Standard error of {@link entropyOf} for samples that are drawn independently, √((Σ p ln² p − H²) / n + (kinds − 1) / 2n²): the delta method, with
 * the next term, which is what is left where all kinds are equally frequent.
 *
 * Source: Basharin 1959 for the first term, Harris 1975 for the second. In nats; 0 for one kind, and without counts.
 *
 * @throws {RangeError} unless counts are whole numbers of at least 0
 * @example entropyError([2, 2]) // 0.1767766953, that is √(1/32)
 */
export function entropyError(counts: readonly number[]): number {
  const entropy = entropyOf(counts);
  const present = counts.filter((count) => count > 0);
  const n = present.reduce((sum, count) => sum + count, 0);
  if (present.length < 2) return 0;
  const squares = present.reduce((sum, count) => sum + (count / n) * Math.log(count / n) ** 2, 0);
  return Math.sqrt(Math.max(0, squares - entropy ** 2) / n + (present.length - 1) / (2 * n ** 2));
}
