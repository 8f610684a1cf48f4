import type { EvaluationLog, Imported } from '../../logs/index.ts';
import { analyseImported } from '../../analysis/analyze.ts';
import type { Analysed } from '../../analysis/index.ts';

/** A log whose rows are `[step, training task or '', value of each task or null]`. */
export function logOf(
  tasks: readonly string[],
  rows: readonly (readonly [number, string, ...(number | null)[]])[],
  more: Partial<EvaluationLog> = {},
): EvaluationLog {
  return {
    measure: 'acc',
    higherIsBetter: true,
    tasks,
    steps: Float64Array.from(rows, ([step]) => step),
    trainingTask: Int32Array.from(rows, ([, training]) => tasks.indexOf(training)),
    values: tasks.map((_, task) => Float64Array.from(rows, (row) => (row[task + 2] as number | null) ?? NaN)),
    ...more,
  };
}

/** Every value of a log is the mean over so many items. */
export function withCounts(log: EvaluationLog, items: number): EvaluationLog {
  return { ...log, counts: log.values.map((values) => new Float64Array(values.length).fill(items)) };
}

/** The analysis of a log as if it had been read from `log.csv`. */
export function analysed(log: EvaluationLog, more: Partial<Imported> = {}): Analysed {
  const imported: Imported = {
    path: 'log.csv',
    name: 'log',
    format: 'tidy',
    log,
    matrix: null,
    lifetime: null,
    items: null,
    samples: null,
    notes: [],
    ...more,
  };
  return analyseImported(imported, { alpha: 0.05, comparison: { experts: [] } });
}
