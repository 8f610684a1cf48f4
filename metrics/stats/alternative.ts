/** What a test looks for: any difference, or the first sample being the greater (the differences positive), or the less. */
export type Alternative = 'two-sided' | 'greater' | 'less';

/**
 * The p-value from both tails of a statistic's distribution, each with the observed value. Two-sided it is twice the smaller, at most
 * 1, as in scipy and R.
 */
export function pOfTails(lower: number, upper: number, alternative: Alternative): number {
  if (alternative === 'greater') return Math.min(1, upper);
  if (alternative === 'less') return Math.min(1, lower);
  return Math.min(1, 2 * Math.min(lower, upper));
}
