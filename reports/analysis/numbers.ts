/** A value of any scale for a table: three decimals below 10, as of accuracies, one below 100, none above. Null becomes a dash. */
export function shownValue(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size < 10 ? 3 : size < 100 ? 1 : 0);
}

/** A p-value: `< 0.001` below, three decimals above. */
export function shownP(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** `22 %` */
export function shownShare(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(Math.abs(share) < 0.1 ? 1 : 0)} %`;
}

/** A step as it is, without the decimals that most have not. */
export function shownStep(step: number | null): string {
  return step === null ? '–' : String(step);
}
