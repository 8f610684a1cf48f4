import * as fc from 'fast-check';
import type { EvaluationLog } from '../../../logs/index.ts';

const share = fc.integer({ min: 0, max: 200 }).map((halves) => halves / 200);

/** Logs of shares: 2 to 4 tasks trained in turn, some more than once, with evaluations that were not made, and numbers of items, errors or nothing. */
export const shareLogs: fc.Arbitrary<EvaluationLog> = fc
  .record({ tasks: fc.integer({ min: 2, max: 4 }), rows: fc.integer({ min: 2, max: 40 }), named: fc.boolean() })
  .chain(({ tasks, rows, named }) =>
    fc.record({
      values: fc.array(fc.array(fc.option(share, { nil: NaN, freq: 8 }), { minLength: rows, maxLength: rows }), {
        minLength: tasks,
        maxLength: tasks,
      }),
      trained: fc.array(fc.integer({ min: 0, max: tasks - 1 }), { minLength: rows, maxLength: rows }),
      gaps: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: rows, maxLength: rows }),
      known: fc.constantFrom('counts', 'errors', 'nothing'),
      lengths: fc.constant({ tasks, rows, named }),
    }),
  )
  .map(({ values, trained, gaps, known, lengths: { tasks, rows, named } }) => {
    let step = 0;
    const filled = (value: number): Float64Array[] => values.map(() => new Float64Array(rows).fill(value));
    // Runs of a few rows, so that there are stretches.
    const training = trained.map((_, row) => trained[row - (row % 5)]);
    return {
      measure: 'accuracy',
      higherIsBetter: true,
      tasks: Array.from({ length: tasks }, (_, task) => `task ${task}`),
      steps: Float64Array.from(gaps, (gap) => (step += gap)),
      trainingTask: Int32Array.from(training, (task) => (named ? task : -1)),
      values: values.map((each) => Float64Array.from(each)),
      ...(known === 'counts' && { counts: filled(500) }),
      ...(known === 'errors' && { standardErrors: filled(0.02) }),
    };
  });
