/** Median of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Seconds that `action` takes: median over `repeats`, after one uncounted call. */
export async function secondsOf(action: () => Promise<unknown>, repeats: number): Promise<number> {
  await action();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await action();
    times.push((performance.now() - start) / 1000);
  }
  return median(times);
}

/** One measured figure beside what it should reach. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the figure has to reach, if there is a bar for it. */
  readonly bar?: { readonly atLeast?: number; readonly atMost?: number };
}

/** The figures as aligned lines. */
export function formatFigures(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  return figures
    .map(({ name, value, unit, bar }) => {
      const number = Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
      return `${name.padEnd(width)}  ${number.padStart(7)} ${unit}${verdict(value, bar)}`;
    })
    .join('\n');
}

function verdict(value: number, bar: Figure['bar']): string {
  if (!bar) return '';
  const met = value >= (bar.atLeast ?? -Infinity) && value <= (bar.atMost ?? Infinity);
  const wanted = bar.atLeast === undefined ? `at most ${bar.atMost}` : `at least ${bar.atLeast}`;
  return `  (${wanted}: ${met ? 'met' : 'NOT met'})`;
}
