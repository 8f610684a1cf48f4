import type { EvaluationLog, Imported } from '../logs/index.ts';
import type { Alarm, Event, EventKind, RoundGain, RoundTransfer, SampleMonitor } from '../metrics/index.ts';
import type { SnakeKeys } from './snakeCase.ts';

/** A value as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * What one switch, or one fall, did to one task: see `Event` in metrics/events/event.ts, which has the definitions. Values are in the unit of the log, steps
 * those of the log.
 */
export interface AnalysisEvent {
  readonly task: string;
  readonly kind: EventKind;
  /** The task whose training starts; null where the log does not say. */
  readonly switch_task: string | null;
  /** The evaluation that holds the reference: before the switch, or at the peak. */
  readonly switch_step: number;
  readonly onset_step: number | null;
  readonly minimum_step: number;
  /** Null where it did not come back. */
  readonly recovery_step: number | null;
  readonly reference: number;
  readonly minimum: number;
  /** The last value before the next switch, or of the log. */
  readonly end: number;
  readonly depth: number;
  readonly relative_depth: number | null;
  readonly area: number;
  /** How deep the minimum of so many evaluations would lie by chance; null where the noise is not known. */
  readonly chance_depth: number | null;
  readonly z: number | null;
  /** Adjusted for the number of evaluations and of tests; null where the noise is not known. */
  readonly p_value: number | null;
  /** Where the noise is known from: `given`, `binomial`, `paired`, `fluctuation`; null where nothing tells. */
  readonly noise: Event['noise'];
}

/** How one task went, from its evaluations alone. */
export interface TaskCourse {
  readonly evaluations: number;
  readonly first: number;
  readonly best: number;
  readonly best_step: number;
  readonly worst: number;
  readonly worst_step: number;
  readonly last: number;
  /** last − best, turned so that below 0 is worse. */
  readonly last_minus_best: number;
}

/** What is found in one run. The same object is printed by `stabgap analyze --json`. */
export interface Analysis {
  readonly path: string;
  readonly name: string;
  readonly format: string;
  /** What values are, such as `acc`. */
  readonly measure: string;
  readonly higher_is_better: boolean;
  readonly evaluations: number;
  /** Null without an evaluation. */
  readonly first_step: number | null;
  readonly last_step: number | null;
  /** Significance level of the verdicts. */
  readonly alpha: number;
  /** Of a model that improves itself, from its sampled answers: what gets worse while the score gets better, worst first. Empty without such answers. */
  readonly alarms: readonly SnakeKeys<Alarm>[];
  /** Worst first. */
  readonly events: readonly AnalysisEvent[];
  /** Null where a metric is undefined for the run. Of a lifetime the keys of l2metrics, of a matrix those of docs/cli.md. */
  readonly metrics: { readonly [name: string]: Json };
  /** By task. */
  readonly tasks: { readonly [name: string]: TaskCourse };
  /** All that sampled answers tell (docs/monitor.md); null without them. */
  readonly monitor: SnakeKeys<SampleMonitor> | null;
  /** What each round added, and what it took from the best, the previous and the first one (docs/monitor.md); null unless asked for. */
  readonly rounds: {
    readonly gains: readonly SnakeKeys<RoundGain>[];
    readonly transfer: readonly SnakeKeys<RoundTransfer>[];
  } | null;
  /** What was taken for granted or repaired when the file was read, and what numbers cannot tell. */
  readonly notes: readonly string[];
}

/** An analysis with what it was made of, for reports. */
export interface Analysed {
  readonly analysis: Analysis;
  readonly imported: Imported;
  /** The log that events were found in: that of the file, or that of its matrix. */
  readonly log: EvaluationLog;
  readonly events: readonly Event[];
}
