import type { EvaluationLog } from '../logs/index.ts';
import { undefinedScore, type MatrixScore } from './matrix-score.ts';
import { segmentsOf } from './segments.ts';

/**
 * Area under the learning curve (LCA): how fast a task is learnt.
 *
 *     LCA_β = 1/(β+1) Σ_{b=0…β} Z_b
 *
 * where Z_b is the mean over the trained tasks of the accuracy on the task after b updates on it. Z_0 is zero-shot, and LCA_0 is Z_0.
 *
 * Only first trainings count, and every task must have been evaluated before its first update and after each of the first β; the last
 * evaluation at a step is taken. Null in a log that does not say what was trained, and where one of the evaluations is missing, as for ρ
 * above 1 or tasks of fewer than β updates; `cells` counts them.
 *
 * Unit: that of the log, for accuracy in [0, 1]; higher is better.
 *
 * Source: Chaudhry et al. 2019 (A-GEM, arXiv:1812.00420), without its three tasks for choosing hyper-parameters. **The code of the paper
 * computes another number**, `learningCurveAreaTrapezoid`.
 *
 * @param beta β, updates looked at; in the source 10
 * @throws {RangeError} for a β that is not a whole number, 0 or more
 * @example
 * step  trained  a    b
 *    0  a        0    –
 *    1  a        .4   –
 *    2  a        .8   –
 *    2  b        .8   .2
 *    3  b        .5   .6
 *    4  b        .4   .8
 * learningCurveArea(log, 2).value // ((0 + .2) / 2 + (.4 + .6) / 2 + (.8 + .8) / 2) / 3 = 1.4 / 3
 */
export function learningCurveArea(log: EvaluationLog, beta: number): MatrixScore {
  const shots = meanShots(log, beta);
  if (shots === null) return undefinedScore;
  return { value: sumOf(shots.means) / (beta + 1), cells: shots.cells };
}

/**
 * LCA_β as the code of its paper computes it: the area by trapezoids over that of accuracy 1.
 *
 *     (Z_0/2 + Z_1 + … + Z_{β−1} + Z_β/2) / β,     Z_0 for β = 0
 *
 * The ends weigh half of what they do in `learningCurveArea`, from which Z, and when it is null, are; where Z bends down, as learning
 * curves do, it is larger.
 *
 * Unit: that of the log, for accuracy in [0, 1]; higher is better.
 *
 * Source: facebookresearch/agem, commit 4542149, `plotting_code/agem_plots.ipynb`.
 *
 * @param beta β, updates looked at; in the source 10
 * @throws {RangeError} for a β that is not a whole number, 0 or more
 * @example
 * step  trained  a    b
 *    0  a        0    –
 *    1  a        .4   –
 *    2  a        .8   –
 *    2  b        .8   .2
 *    3  b        .5   .6
 *    4  b        .4   .8
 * learningCurveAreaTrapezoid(log, 2).value // (.1 / 2 + .5 + .8 / 2) / 2 = .475
 */
export function learningCurveAreaTrapezoid(log: EvaluationLog, beta: number): MatrixScore {
  const shots = meanShots(log, beta);
  if (shots === null) return undefinedScore;
  const { means, cells } = shots;
  if (beta === 0) return { value: means[0], cells };
  return { value: (sumOf(means) - (means[0] + means[beta]) / 2) / beta, cells };
}

/** Z_0 … Z_β, and how many evaluations they are made of; null if one is missing. */
function meanShots(log: EvaluationLog, beta: number): { means: number[]; cells: number } | null {
  if (!Number.isSafeInteger(beta) || beta < 0) throw new RangeError(`beta ${beta} is not a whole number, 0 or more`);
  const all = segmentsOf(log);
  const firsts = all.filter(({ task }, i) => task !== -1 && all.findIndex((other) => other.task === task) === i);
  if (firsts.length === 0) return null;
  const curves = firsts.map(({ task, start, end }) => {
    const values = new Map<number, number>();
    for (let row = start; row < end; row++) {
      const value = log.values[task][row];
      if (!Number.isNaN(value)) values.set(log.steps[row] - startStep(log, start), value);
    }
    return values;
  });
  const means: number[] = [];
  for (let b = 0; b <= beta; b++) {
    const values = curves.map((curve) => curve.get(b));
    if (values.includes(undefined)) return null;
    means.push(sumOf(values as number[]) / values.length);
  }
  return { means, cells: firsts.length * (beta + 1) };
}

/** Updates made before those of a segment: steps count from 0, and a segment begins where the one before it ends. */
function startStep({ steps }: EvaluationLog, start: number): number {
  return start > 0 ? steps[start - 1] : 0;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
