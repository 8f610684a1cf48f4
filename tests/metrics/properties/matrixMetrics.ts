import type { AccuracyMatrix } from '../../../logs/index.ts';
import {
  averageAccuracy,
  averageIncrementalAccuracy,
  backwardTransfer,
  backwardTransferAndInterference,
  diazAccuracy,
  diazBackwardTransfer,
  diazForwardTransfer,
  diazPositiveBackwardTransfer,
  diazRemembering,
  forgettingAfterLearning,
  forgettingByRow,
  forgettingFromMaximum,
  forgettingMammoth,
  forwardTransfer,
  intransigence,
  learningAccuracy,
} from '../../../metrics/index.ts';
import * as definitions from './matrixDefinitions.ts';

/** A matrix, and what joint training reaches on each of its tasks. */
export interface Run {
  readonly matrix: AccuracyMatrix;
  readonly joint: readonly (number | null)[];
}

/** A metric of a matrix, and what is claimed of it. */
export interface MatrixMetric {
  readonly name: string;
  compute(run: Run): number | null;
  readonly formula: (cells: definitions.Cells) => number;
  readonly range: readonly [number, number];
  /** Tasks that it needs. */
  readonly least: 1 | 2;
  /** Whether it is an accuracy, which moves with all cells, or made of differences, which do not; neither where it is not linear. */
  readonly kind: 'level' | 'difference' | 'other';
  /** Under which orders of the tasks it stays the same. */
  readonly order: 'any' | 'last stays' | 'fixed';
  /** Whether it reads cells above the diagonal: always, where they are there, or never. */
  readonly above: 'needed' | 'read' | 'ignored';
  /** With a task more that comes first and has accuracy c in every row: from the value of k tasks, what it becomes. */
  flat(value: number, k: number, c: number, run: Run): number;
}

const kLess = (value: number, k: number): number => (value * (k - 1)) / k;
const kMore = (value: number, k: number, c: number): number => (k * value + c) / (k + 1);
const triangle = (n: number): number => (n * (n + 1)) / 2;

export const matrixMetrics: readonly MatrixMetric[] = [
  {
    name: 'averageAccuracy',
    compute: ({ matrix }) => averageAccuracy(matrix),
    formula: definitions.acc,
    range: [0, 1],
    least: 1,
    kind: 'level',
    order: 'last stays',
    above: 'ignored',
    flat: kMore,
  },
  {
    name: 'averageIncrementalAccuracy',
    compute: ({ matrix }) => averageIncrementalAccuracy(matrix),
    formula: definitions.aia,
    range: [0, 1],
    least: 1,
    kind: 'level',
    order: 'fixed',
    above: 'ignored',
    // The ACC of row i is over i + 1 tasks then.
    flat: (_, k, c, { matrix: { rows } }) => {
      const accuracies = rows.map((__, i) =>
        averageAccuracy({ tasks: [], initial: null, rows: rows.slice(0, i + 1) })!,
      );
      return accuracies.reduce((sum, accuracy, i) => sum + kMore(accuracy, i + 1, c), c) / (k + 1);
    },
  },
  {
    name: 'learningAccuracy',
    compute: ({ matrix }) => learningAccuracy(matrix),
    formula: definitions.la,
    range: [0, 1],
    least: 1,
    kind: 'level',
    order: 'any',
    above: 'ignored',
    flat: kMore,
  },
  {
    name: 'forgettingAfterLearning',
    compute: ({ matrix }) => forgettingAfterLearning(matrix),
    formula: definitions.forg,
    range: [-1, 1],
    least: 2,
    kind: 'difference',
    order: 'last stays',
    above: 'ignored',
    flat: kLess,
  },
  {
    name: 'forgettingFromMaximum',
    compute: ({ matrix }) => forgettingFromMaximum(matrix),
    formula: definitions.forgMax,
    range: [-1, 1],
    least: 2,
    kind: 'other',
    order: 'last stays',
    above: 'read',
    flat: kLess,
  },
  {
    name: 'forgettingByRow, the last',
    compute: ({ matrix }) => forgettingByRow(matrix).at(-1)?.value ?? null,
    formula: definitions.forgMax,
    range: [-1, 1],
    least: 2,
    kind: 'other',
    order: 'last stays',
    above: 'read',
    flat: kLess,
  },
  {
    name: 'forgettingMammoth',
    compute: ({ matrix }) => forgettingMammoth(matrix).value,
    formula: definitions.mammoth,
    range: [0, 1],
    least: 2,
    kind: 'other',
    order: 'last stays',
    above: 'read',
    flat: kLess,
  },
  {
    name: 'backwardTransfer',
    compute: ({ matrix }) => backwardTransfer(matrix),
    formula: definitions.bwt,
    range: [-1, 1],
    least: 2,
    kind: 'difference',
    order: 'last stays',
    above: 'ignored',
    flat: kLess,
  },
  {
    name: 'backwardTransferAndInterference',
    compute: ({ matrix }) => backwardTransferAndInterference(matrix).value,
    formula: definitions.bti,
    range: [-1, 1],
    least: 1,
    kind: 'difference',
    order: 'last stays',
    above: 'ignored',
    flat: (value, k) => kMore(value, k, 0),
  },
  {
    name: 'forwardTransfer',
    compute: ({ matrix }) => forwardTransfer(matrix),
    formula: definitions.fwt,
    range: [-1, 1],
    least: 2,
    kind: 'difference',
    order: 'fixed',
    above: 'needed',
    // Learning the flat task leaves the others as they were, so what was the first task has no transfer.
    flat: kLess,
  },
  {
    name: 'intransigence',
    compute: ({ matrix, joint }) => intransigence(matrix, joint).value,
    formula: definitions.intransigence,
    range: [-1, 1],
    least: 1,
    kind: 'difference',
    order: 'any',
    above: 'ignored',
    flat: (value, k) => kMore(value, k, 0),
  },
  {
    name: 'diazAccuracy',
    compute: ({ matrix }) => diazAccuracy(matrix).value,
    formula: definitions.diazA,
    range: [0, 1],
    least: 1,
    kind: 'level',
    order: 'fixed',
    above: 'ignored',
    flat: (value, k, c) => (value * triangle(k) + (k + 1) * c) / triangle(k + 1),
  },
  {
    name: 'diazBackwardTransfer',
    compute: ({ matrix }) => diazBackwardTransfer(matrix).value,
    formula: definitions.diazBwt,
    range: [-1, 1],
    least: 2,
    kind: 'difference',
    order: 'fixed',
    above: 'ignored',
    flat: (value, k) => (value * triangle(k - 1)) / triangle(k),
  },
  {
    name: 'diazRemembering',
    compute: ({ matrix }) => diazRemembering(matrix).value,
    formula: definitions.rem,
    range: [0, 1],
    least: 2,
    kind: 'other',
    order: 'fixed',
    above: 'ignored',
    flat: (value, k) => 1 - ((1 - value) * triangle(k - 1)) / triangle(k),
  },
  {
    name: 'diazPositiveBackwardTransfer',
    compute: ({ matrix }) => diazPositiveBackwardTransfer(matrix).value,
    formula: definitions.bwtPlus,
    range: [0, 1],
    least: 2,
    kind: 'other',
    order: 'fixed',
    above: 'ignored',
    flat: (value, k) => (value * triangle(k - 1)) / triangle(k),
  },
  {
    name: 'diazForwardTransfer',
    compute: ({ matrix }) => diazForwardTransfer(matrix).value,
    formula: definitions.diazFwt,
    range: [0, 1],
    least: 2,
    kind: 'level',
    order: 'fixed',
    above: 'needed',
    // The new row above the others is that of the untrained model.
    flat: (value, k, _, { matrix: { initial } }) => {
      const before = initial!.reduce<number>((sum, accuracy) => sum + accuracy!, 0);
      return (value * triangle(k - 1) + before) / triangle(k);
    },
  },
];
