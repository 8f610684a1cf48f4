import type { EvaluationLog } from '../../logs/index.ts';
import { detectEvents } from '../../metrics/index.ts';
import { markdownTable } from './markdown.ts';

/** Evaluations of a model whose accuracy never changes, on items drawn anew each time from a test set. */
export interface Redrawn {
  readonly accuracy: number;
  readonly items: number;
  readonly testSet: number;
  readonly evaluations: number;
  /** E[min], simulated apart from this code. */
  readonly expected: number;
}

/** De Lange et al. 2023 redraw 1,000 items at every evaluation. Means of 3,000 minima of numpy's `hypergeometric`, standard errors below 1e-4. */
export const redrawn: readonly Redrawn[] = [
  { accuracy: 0.95, items: 1000, testSet: 2000, evaluations: 1900, expected: 0.9335 },
  { accuracy: 0.9, items: 1000, testSet: 10_000, evaluations: 4700, expected: 0.8658 },
];

/** The minimum that chance makes of a constant accuracy by `chanceDepth`, with errors of drawing without replacement, and with the number of items alone. */
export function expectedMinima({
  accuracy,
  items,
  testSet,
  evaluations,
}: Redrawn): Record<'errors' | 'counts', number> {
  const rows = evaluations + 1;
  const error = Math.sqrt(((accuracy * (1 - accuracy)) / items) * ((testSet - items) / (testSet - 1)));
  const log: EvaluationLog = {
    measure: 'accuracy',
    higherIsBetter: true,
    tasks: ['old', 'new'],
    steps: Float64Array.from({ length: rows }, (_, row) => row),
    trainingTask: Int32Array.from({ length: rows }, (_, row) => (row === 0 ? 0 : 1)),
    values: [new Float64Array(rows).fill(accuracy), new Float64Array(rows).fill(NaN)],
  };
  const of = (known: Partial<EvaluationLog>): number => accuracy - detectEvents({ ...log, ...known })[0].chanceDepth!;
  const filled = (value: number): Float64Array[] => [0, 1].map(() => new Float64Array(rows).fill(value));
  return { errors: of({ standardErrors: filled(error) }), counts: of({ counts: filled(items) }) };
}

export function biasTable(): string {
  return markdownTable(
    ['accuracy', 'items', 'of', 'evaluations', 'simulated', 'with errors', 'with numbers of items'],
    redrawn.map((each) => {
      const { errors, counts } = expectedMinima(each);
      const { accuracy, items, testSet, evaluations, expected } = each;
      return [
        accuracy.toFixed(2),
        ...[items, testSet, evaluations].map((count) => count.toLocaleString('en-GB')),
        ...[expected, errors, counts].map((value) => value.toFixed(4)),
      ];
    }),
  );
}
