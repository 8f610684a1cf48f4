import type { RunMetric } from '../metrics/index.ts';

export type Unit = RunMetric['unit'];

const digits: Record<Unit, number> = { accuracy: 3, updates: 1, 'accuracy x updates': 1 };

/** A number for a table: accuracies with three decimals, the rest with one. Null becomes a dash. */
export function formatValue(value: number | null, unit: Unit): string {
  return value === null ? '–' : fixed(value, digits[unit]);
}

/** `0.912 ± 0.004`; without the spread where it is unknown. */
export function formatMeanStd({ mean, std }: { mean: number | null; std: number | null }, unit: Unit): string {
  return mean === null || std === null
    ? formatValue(mean, unit)
    : `${formatValue(mean, unit)} ± ${formatValue(std, unit)}`;
}

/** An accuracy for a sentence: two decimals. */
export const inWords = (accuracy: number): string => fixed(accuracy, 2);

/** `1 update`, `12 updates`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Fixed decimals, without the minus sign of a number that rounds to zero. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? (0).toFixed(decimals) : text;
}
