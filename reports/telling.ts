import { runMetrics, type RunMetric } from '../metrics/index.ts';

const names = ['acc', 'min-acc', 'wc-acc', 'forgetting', 'aaa', 'gap-depth', 'recovery-time', 'prequential'];

/** The metrics that say most in little room, in the order of a table's columns. */
export const tellingMetrics: readonly RunMetric[] = names.flatMap((name) =>
  runMetrics.filter((metric) => metric.name === name),
);
