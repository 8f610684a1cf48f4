import { EigenvalueDecomposition, Matrix, inverse } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { optimalShare } from '../../methods/shared/selfDistillation.ts';

/**
 * The kernel ridge regression of Borup & Andersen (arXiv:2102.13088), written out here. Data and the printed losses of α = 0 and 0.25:
 * Kennethborup/self_distillation, toy_example.ipynb, whose 11 points are those of Mobahi et al., arXiv:2002.05715; those of α = 0.35 are in the
 * table of its README, whose head calls them 0.25.
 */
const points = Array.from({ length: 11 }, (_, i) => i / 10);
const labels = Matrix.columnVector([
  0.38476636465198066, 1.2333967683416893, 1.33232242217057, 0.6920159488889518, -0.29756145531871736,
  -0.24189291901377769, -0.7964485769175675, -0.9616480167034174, -0.49672509509916934, -0.3469066003991437,
  0.5589512650600734,
]);
const grid = Array.from({ length: 101 }, (_, i) => i / 100);
const truth = grid.map((x) => Math.sin(2 * Math.PI * x));
const ridge = 0.2;

const kernel = (a: readonly number[], b: readonly number[]) =>
  new Matrix(a.map((p) => b.map((q) => Math.exp(-80 * (p - q) ** 2))));
const gram = kernel(points, points);
const solver = (shrinkage: number) => inverse(Matrix.add(gram, Matrix.eye(11).mul(shrinkage)));
const onGrid = kernel(grid, points).mmul(solver(ridge));
const onPoints = gram.mmul(solver(ridge));

const mix = (alpha: number, fitted: Matrix) => Matrix.add(Matrix.mul(labels, alpha), Matrix.mul(fitted, 1 - alpha));
const loss = (prediction: ArrayLike<number>) =>
  truth.reduce((sum, y, i) => sum + (prediction[i] - y) ** 2, 0) / truth.length;

/** Losses of some steps of self-distillation with a share of the ground truth that may depend on the step, and the shares. */
function distill(steps: number, share: (step: number, fitted: Matrix) => number) {
  const losses: number[] = [];
  const shares: number[] = [];
  let fitted = labels;
  for (let step = 1; step <= steps; step++) {
    const alpha = step === 1 ? 1 : share(step, fitted);
    const target = mix(alpha, fitted);
    losses.push(loss(onGrid.mmul(target).to1DArray()));
    fitted = onPoints.mmul(target);
    shares.push(alpha);
  }
  return { losses, shares: shares.slice(1), fitted };
}

const distance = (values: readonly number[], printed: readonly number[]) =>
  values.length === printed.length ? Math.max(...values.map((value, i) => Math.abs(value - printed[i]))) : Infinity;

describe('self-distillation of kernel ridge regression', () => {
  test.each([
    [0, [0.16477, 0.15076, 0.14915, 0.15561, 0.16735, 0.18251], 0.49505],
    [0.25, [0.16477, 0.15309, 0.14958, 0.14903, 0.14946, 0.15011], 0.1525],
    [0.35, [0.16477, 0.15424, 0.15089, 0.14983, 0.14954, 0.14948], 0.14959],
  ])('with α = %s has the losses that were printed, and the limit', (alpha, printed, limit) => {
    expect(distance(distill(6, () => alpha).losses, printed)).toBeLessThan(1e-5);
    // Ridge regression with λ/α; with α = 0 the zero function.
    const weights = alpha === 0 ? Matrix.zeros(11, 1) : solver(ridge / alpha).mmul(labels);
    expect(Math.abs(loss(kernel(grid, points).mmul(weights).to1DArray()) - limit)).toBeLessThan(1e-5);
  });

  const optimal = (fitted: Matrix) =>
    optimalShare(onGrid.mmul(labels).to1DArray(), onGrid.mmul(fitted).to1DArray(), truth);

  // The five shares come from a separate computation on the same data, made before this code was.
  test('the best share of the ground truth, step by step', () => {
    const { shares } = distill(6, (_, fitted) => optimal(fitted));
    expect(distance(shares, [0, 0.13508, 0.3341, 0.33561, 0.33599])).toBeLessThan(1e-5);
  });

  test('the best share is that of a search', () => {
    for (const steps of [2, 3, 5]) {
      const { fitted } = distill(steps, () => 0.1);
      const at = (alpha: number) => loss(onGrid.mmul(mix(alpha, fitted)).to1DArray());
      const tried = Array.from({ length: 10001 }, (_, i) => i / 10000);
      const best = tried.reduce((a, b) => (at(b) < at(a) ? b : a));
      expect(Math.abs(optimal(fitted) - best)).toBeLessThan(1e-4);
    }
  });

  test('in the eigenbasis of the kernel each step is B = A(α + (1 − α)B)', () => {
    const { eigenvectorMatrix: basis, realEigenvalues } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
    const shrunk = realEigenvalues.map((d) => d / (d + ridge));
    const coordinates = basis.transpose().mmul(labels).to1DArray();
    for (const alpha of [0, 0.25, 0.8]) {
      let kept = shrunk;
      for (let steps = 1; steps <= 6; steps++) {
        const fitted = basis.transpose().mmul(distill(steps, () => alpha).fitted);
        const expected = kept.map((b, i) => b * coordinates[i]);
        expect(distance(fitted.to1DArray(), expected)).toBeLessThan(1e-9);
        kept = kept.map((b, i) => shrunk[i] * (alpha + (1 - alpha) * b));
      }
    }
  });
});

test('the share stays within 0 and 1, and is 1 where both fits agree', () => {
  expect(optimalShare([1, 0], [0, 0], [2, 5])).toBe(1);
  expect(optimalShare([1, 0], [0, 0], [-2, 5])).toBe(0);
  expect(optimalShare([1, 3], [0, 1], [0.5, 2])).toBeCloseTo(0.5, 12);
  expect(optimalShare([1, 3], [1, 3], [0.5, 2])).toBe(1);
});
