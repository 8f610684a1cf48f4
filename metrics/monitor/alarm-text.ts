/** Three digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A share as percentage points. */
export function points(share: number): string {
  return `${(100 * share).toFixed(1)} points`;
}

/** Percentage points with a sign. */
export function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${points(Math.abs(share))}`;
}

/** A share as a percentage. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** A p-value in brackets. */
export function told(p: number | null): string {
  return p === null ? '' : ` (p ${p < 0.001 ? p.toExponential(0) : Number(p.toPrecision(2))})`;
}

/** Rounds, or the first of many. */
export function listed(rounds: readonly number[]): string {
  return rounds.length <= 5 ? rounds.join(', ') : `${rounds.slice(0, 4).join(', ')} and ${rounds.length - 4} more`;
}
