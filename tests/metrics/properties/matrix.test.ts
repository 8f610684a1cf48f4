import { array, assert, constantFrom, nat, property, type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixOf, reorder } from '../matrices.ts';
import { byFormula } from './matrixDefinitions.ts';
import { matrixMetrics, type MatrixMetric, type Run } from './matrixMetrics.ts';
import { nearOrNull } from './nearOrNull.ts';
import { holed, percent, runs } from './matrixRuns.ts';

/** The run with every accuracy changed. */
function mapped({ matrix: { rows, initial }, joint }: Run, change: (value: number) => number): Run {
  const row = (values: readonly (number | null)[]) => values.map((value) => (value === null ? null : change(value)));
  return { matrix: matrixOf(rows.map(row), row(initial!)), joint: row(joint) };
}

/** The run with a task before all others that has the same accuracy after each, and that changed nothing, or after which nothing else was evaluated. */
function withFlatTask({ matrix: { rows, initial }, joint }: Run, c: number, evaluated: boolean): Run {
  const first = [c, ...(evaluated ? initial! : rows.map(() => null))];
  return { matrix: matrixOf([first, ...rows.map((row) => [c, ...row])], [c, ...initial!]), joint: [c, ...joint] };
}

/** Orders of k tasks, by the numbers that are drawn. */
function orderOf(k: number, draws: readonly number[], lastStays: boolean): number[] {
  const ranks = draws.slice(0, k);
  const order = [...Array(k).keys()].toSorted((i, j) => ranks[i] - ranks[j]);
  return lastStays ? [...order.filter((i) => i !== k - 1), k - 1] : order;
}

const full = ({ least }: MatrixMetric): Arbitrary<Run> => runs(least, percent);
const rowsOf = (run: Run, change: (cell: number | null, i: number, j: number) => number | null): Run => ({
  ...run,
  matrix: matrixOf(
    run.matrix.rows.map((row, i) => row.map((cell, j) => change(cell, i, j))),
    run.matrix.initial,
  ),
});

describe.each(matrixMetrics)('$name', (metric) => {
  const { name, compute, formula, range, least, above, flat } = metric;

  it('is what its formula gives, null where a cell that this needs is missing', () => {
    assert(
      property(runs(1, holed), (run) => {
        expect(compute(run)).toEqual(nearOrNull(byFormula(formula, run.matrix, run.joint)));
      }),
      { numRuns: 300 },
    );
  });
  it('lies in its range', () => {
    assert(
      property(full(metric), (run) => {
        expect(compute(run)).toBeGreaterThanOrEqual(range[0] - 1e-12);
        expect(compute(run)).toBeLessThanOrEqual(range[1] + 1e-12);
      }),
    );
  });
  it('is null, not 0, for fewer tasks than it needs', () => {
    expect(compute({ matrix: matrixOf([]), joint: [] })).toBeNull();
    assert(
      property(percent, percent, percent, (accuracy, initial, joint) => {
        const value = compute({ matrix: matrixOf([[accuracy]], [initial]), joint: [joint] });
        expect(value === null).toBe(least === 2);
      }),
    );
  });
  it('becomes null, or stays the same, where a cell is taken out, and does not go on as if it were 0', () => {
    assert(
      property(full(metric), nat(), nat(), (run, row, column) => {
        const k = run.matrix.rows.length;
        const [i, j] = [row % k, column % k];
        const [value, whole] = [
          compute(rowsOf(run, (cell, l, m) => (l === i && m === j ? null : cell))),
          compute(run)!,
        ];
        // A maximum over rows may be over the others: where the cell is above the diagonal, and in Mammoth's code anywhere.
        const maySink = above === 'read' && (i < j || name === 'forgettingMammoth');
        expect(value).toSatisfy(() => value === null || Math.abs(value - whole) < 1e-12 || (maySink && value < whole));
      }),
    );
  });
  it('does not change with tasks that are still to come', () => {
    assert(
      property(full(metric), percent, (run, accuracy) => {
        const wider = run.matrix.rows.map((row) => [...row, accuracy]);
        const matrix = matrixOf(wider, [...run.matrix.initial!, accuracy]);
        expect(compute({ matrix, joint: [...run.joint, accuracy] })).toBe(compute(run));
      }),
    );
  });
  it('takes in a task that comes first and never changes as its formula says', () => {
    assert(
      property(full(metric), constantFrom(0, 0.25, 0.6, 1), (run, c) => {
        const grown = compute(withFlatTask(run, c, above === 'needed'));
        expect(grown).toBeCloseTo(flat(compute(run)!, run.matrix.rows.length, c, run), 12);
      }),
    );
  });
});

describe('the order of the tasks', () => {
  const draws = array(nat(), { minLength: 6, maxLength: 6 });
  it.each(matrixMetrics.filter(({ order }) => order !== 'fixed'))(
    'is nothing to $name while the last task stays the last, or at all',
    (metric) => {
      const { compute, order } = metric;
      assert(
        property(full(metric), draws, (run, numbers) => {
          const moved = orderOf(run.matrix.rows.length, numbers, order === 'last stays');
          const other = { matrix: reorder(run.matrix, moved), joint: moved.map((i) => run.joint[i]) };
          expect(compute(other)).toBeCloseTo(compute(run)!, 12);
        }),
      );
    },
  );
  it.each(matrixMetrics.filter(({ order }) => order !== 'any'))(
    'changes $name otherwise, as two tasks that change places show',
    ({ compute, order }) => {
      const rows = [
        [0.3, 0.1, 0.2, 0.05],
        [0.5, 0.9, 0.35, 0.15],
        [0.6, 0.8, 0.7, 0.4],
        [0.45, 0.75, 0.85, 0.95],
      ];
      const [initial, joint] = [
        [0.1, 0.02, 0.13, 0.04],
        [0.9, 0.9, 0.9, 0.9],
      ];
      const moved = order === 'fixed' ? [1, 0, 2, 3] : [3, 1, 2, 0];
      const other = matrixOf(
        reorder(matrixOf(rows), moved).rows,
        moved.map((i) => initial[i]),
      );
      const difference = compute({ matrix: other, joint })! - compute({ matrix: matrixOf(rows, initial), joint })!;
      expect(Math.abs(difference)).toBeGreaterThan(1e-3);
    },
  );
});

it.each(matrixMetrics.filter(({ above }) => above === 'ignored'))(
  '$name does not read above the diagonal',
  (metric) => {
    assert(
      property(full(metric), (run) => {
        const lower = rowsOf(run, (cell, i, j) => (j > i ? null : cell));
        expect(metric.compute(lower)).toBe(metric.compute(run));
      }),
    );
  },
);

describe('where all values change alike', () => {
  const linear = matrixMetrics.filter(({ kind }) => kind !== 'other');
  it.each(linear)('$name moves with them if it is an accuracy, and stays if it is made of differences', (metric) => {
    const { compute, kind } = metric;
    assert(
      property(full(metric), percent, (run, by) => {
        const moved = compute(mapped(run, (value) => value + by))!;
        expect(moved - compute(run)!).toBeCloseTo(kind === 'level' ? by : 0, 12);
      }),
    );
  });
  it.each(linear)('$name changes its sign with theirs, so that losses can be turned round', (metric) => {
    assert(
      property(full(metric), (run) => {
        expect(metric.compute(mapped(run, (value) => -value))! + metric.compute(run)!).toBeCloseTo(0, 12);
      }),
    );
  });
});
