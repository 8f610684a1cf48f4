import type { EvaluationLog } from '../../../logs/index.ts';
import {
  areaUnderAccuracyCurve,
  averageAnytimeAccuracy,
  learningCurveArea,
  learningCurveAreaTrapezoid,
  meanGapArea,
  meanGapDepth,
  meanRecoveryTime,
  meanRelativeDepth,
  minimumAccuracy,
  relativeAccuracyGap,
  stabilityGaps,
  windowedForgetting,
  windowedPlasticity,
  worstCaseAccuracy,
} from '../../../metrics/index.ts';
import * as definitions from './logDefinitions.ts';

/** A log of the harness, before which a task with accuracy c is put that never changes and is trained for `updates`. */
export interface Grown {
  readonly log: EvaluationLog;
  readonly c: number;
  readonly updates: number;
}

/** A metric of a log, and what is claimed of it. */
export interface LogMetric {
  readonly name: string;
  readonly compute: (log: EvaluationLog) => number | null;
  readonly definition: (log: EvaluationLog) => number | null;
  /** Of a complete accuracy log. */
  readonly range: readonly [number, number];
  /** Whether it is measured in the log's unit, so that it turns round with the signs of all values. */
  readonly kind: 'level' | 'size';
  /** What it becomes, from its value, with a flat task before the others. */
  flat(value: number | null, grown: Grown): number | null;
  /** What it becomes with a flat task that is never trained; nothing happens to it unless this is here. */
  flatColumn?(value: number | null, log: EvaluationLog): number | null;
}

const samples = 7;
const beta = 2;

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A mean over so many values with one more, or several. */
const joined = (value: number | null, count: number, other: number, more = 1): number =>
  ((value ?? 0) * count + other * more) / (count + more);

/** The flat task is among the tasks seen after each of the other updates, and alone before. */
function grownAnytime({ log, c, updates }: Grown): { sum: number; count: number } {
  const means = definitions.anytimeTerms(log).map((seen) => joined(meanOf(seen), seen.length, c));
  return { sum: means.reduce((sum, mean) => sum + mean, c * updates), count: means.length + updates };
}

function windowMetric(window: number, direction: 1 | -1): LogMetric {
  const falls = direction === 1;
  const changes = (log: EvaluationLog): number[] => definitions.largestChanges(log, window, direction);
  return {
    name: `${falls ? 'windowedForgetting' : 'windowedPlasticity'}, ${window}`,
    compute: (log) => (falls ? windowedForgetting : windowedPlasticity)(log, window),
    definition: (log) => definitions.windowed(log, window, direction),
    range: [0, 1],
    kind: 'size',
    flat: (value, { log }) => joined(value, changes(log).length, 0),
    flatColumn: (value, log) => {
      const level = { ...log, tasks: ['flat'], values: [log.steps.map(() => 0)] };
      return changes(level).length === 0 ? value : joined(value, changes(log).length, 0);
    },
  };
}

/** At each switch of the log, and at its start, the flat task is a pair more without a gap. */
function gapMetric(
  name: string,
  compute: LogMetric['compute'],
  field: 'depth' | 'relativeDepth' | 'recoveryTime' | 'area',
  range: LogMetric['range'],
): LogMetric {
  return {
    name,
    compute,
    definition: (log) => definitions.gapMean(log, field),
    range,
    kind: 'size',
    flat: (value, { log }) => {
      if (field === 'recoveryTime') return value;
      const pairs = definitions.gaps(log).filter((gap) => gap[field] !== null).length;
      return joined(value, pairs, 0, log.tasks.length);
    },
  };
}

export const logMetrics: readonly LogMetric[] = [
  {
    name: 'averageAnytimeAccuracy',
    compute: averageAnytimeAccuracy,
    definition: definitions.aaa,
    range: [0, 1],
    kind: 'level',
    flat: (_, grown) => grownAnytime(grown).sum / grownAnytime(grown).count,
  },
  {
    name: 'areaUnderAccuracyCurve',
    compute: (log) => areaUnderAccuracyCurve(log, samples).value,
    definition: (log) => definitions.aAuc(log, samples),
    range: [0, Infinity],
    kind: 'level',
    flat: (_, grown) => grownAnytime(grown).sum * samples,
  },
  {
    name: 'learningCurveArea',
    compute: (log) => learningCurveArea(log, beta).value,
    definition: (log) => definitions.lca(log, beta),
    range: [0, 1],
    kind: 'level',
    flat: (value, { log, c }) => (value === null ? null : joined(value, log.tasks.length, c)),
  },
  {
    name: 'learningCurveAreaTrapezoid',
    compute: (log) => learningCurveAreaTrapezoid(log, beta).value,
    definition: (log) => definitions.lcaTrapezoid(log, beta),
    range: [0, 1],
    kind: 'level',
    flat: (value, { log, c }) => (value === null ? null : joined(value, log.tasks.length, c)),
  },
  {
    name: 'minimumAccuracy',
    compute: minimumAccuracy,
    definition: definitions.minAcc,
    range: [0, 1],
    kind: 'level',
    flat: (value, { log, c }) => joined(value, log.tasks.length - 1, c),
  },
  {
    name: 'worstCaseAccuracy',
    compute: worstCaseAccuracy,
    definition: definitions.wcAcc,
    range: [0, 1],
    kind: 'level',
    flat: (value, { log, c }) => joined(value, log.tasks.length, c),
  },
  {
    name: 'relativeAccuracyGap',
    compute: relativeAccuracyGap,
    definition: definitions.rag,
    range: [0, 1],
    kind: 'size',
    flat: (_, { log, c }) => {
      const accuracy = joined(meanOf(log.values.map((curve) => curve.at(-1)!)), log.tasks.length, c);
      const worst = joined(worstCaseAccuracy(log), log.tasks.length, c);
      return (accuracy - worst) / accuracy;
    },
  },
  windowMetric(2, 1),
  windowMetric(5, 1),
  windowMetric(2, -1),
  windowMetric(5, -1),
  gapMetric('meanGapDepth', (log) => meanGapDepth(stabilityGaps(log)), 'depth', [-1, 1]),
  gapMetric('meanRelativeDepth', (log) => meanRelativeDepth(stabilityGaps(log)), 'relativeDepth', [-Infinity, 1]),
  gapMetric('meanRecoveryTime', (log) => meanRecoveryTime(stabilityGaps(log)).mean, 'recoveryTime', [0, Infinity]),
  gapMetric('meanGapArea', (log) => meanGapArea(stabilityGaps(log)), 'area', [0, Infinity]),
];
