import { createRng } from '../../base/index.ts';
import type { EvaluationLog } from '../../logs/index.ts';
import {
  averageAnytimeAccuracy,
  detectEvents,
  learningCurveArea,
  minimumAccuracy,
  relativeAccuracyGap,
  stabilityGaps,
  windowedForgetting,
  windowedPlasticity,
  worstCaseAccuracy,
} from '../../metrics/index.ts';
import { markdownTable } from './markdown.ts';
import { simulate } from './simulated.ts';

const logMetrics = {
  detectEvents,
  stabilityGaps,
  averageAnytimeAccuracy,
  minimumAccuracy,
  worstCaseAccuracy,
  relativeAccuracyGap,
  'windowedForgetting, w = 100': (log: EvaluationLog) => windowedForgetting(log, 100),
  'windowedPlasticity, w = 100': (log: EvaluationLog) => windowedPlasticity(log, 100),
  'learningCurveArea, β = 10': (log: EvaluationLog) => learningCurveArea(log, 10),
};

/** Milliseconds that metrics take on logs with numbers of items: the first call, and the fastest of five. */
export function speedTable(seed: number): string {
  const logs = [
    { tasks: 20, perTask: 2500, named: true },
    { tasks: 20, perTask: 2500, named: false },
    { tasks: 5, perTask: 1000, named: true },
  ].map(
    (size) =>
      simulate(
        {
          ...size,
          items: 1000,
          accuracy: 0.9,
          noise: { memory: 0.02 },
          known: 'counts',
          fall: { depth: 0.3, evaluations: 200 },
        },
        createRng(seed),
      ).log,
  );
  const rows = Object.entries(logMetrics).map(([name, metric]) => [
    `\`${name.replace(',', '`,')}${name.includes(',') ? '' : '`'}`,
    ...logs.map((log) => {
      const times = Array.from({ length: 5 }, () => {
        const start = performance.now();
        metric(log);
        return performance.now() - start;
      });
      return `${times[0].toFixed(0)}, ${Math.min(...times).toFixed(0)}`;
    }),
  ]);
  return markdownTable(
    ['ms: first call, fastest', '20 tasks × 50,000 evaluations', 'the same, switches not named', '5 tasks × 5,000'],
    rows,
  );
}
