import { UserError } from '../base/index.ts';
import {
  importLogs,
  logOfMatrix,
  readLifetime,
  type EvaluationLog,
  type Imported,
  type LogOptions,
} from '../logs/index.ts';
import {
  detectEvents,
  monitorSamples,
  pairedErrorOf,
  roundGains,
  roundTransfer,
  spreadErrorOf,
  type LifetimeOptionsInput,
} from '../metrics/index.ts';
import type { Analysed, Analysis } from './analysis.ts';
import { analysisEvent } from './eventOf.ts';
import { metricsOf, type LifetimeComparison } from './metricsOf.ts';
import { itemsOfTasks, withItems, withTasks, type Items } from './refine.ts';
import { snakeKeys } from './snakeCase.ts';
import { taskCourses } from './taskCourses.ts';

export interface AnalyzeOptions extends LogOptions {
  /** Chance that a run in which nothing changed has any event but noise; .05 unless given. */
  readonly alpha?: number;
  /** The tasks that count; all unless given. */
  readonly tasks?: readonly string[];
  /** Items that values are means over, where the log does not say: so that their binomial error is known. */
  readonly items?: Items;
  /** Steps after which something changed though the log names no task, such as the ends of rounds: every task is judged at each. */
  readonly switches?: readonly number[];
  /** Whether rounds are compared one by one. */
  readonly rounds?: boolean;
  /** Folders of l2logger of single-task experts, to set lifetimes beside. */
  readonly ste?: readonly string[];
  /** How the metrics of a lifetime are made: the options of l2metrics. */
  readonly lifetime?: LifetimeOptionsInput;
}

/**
 * What is found in the log of one run, whatever tool wrote it: which task dipped at which switch, whether it came back, whether it is more than noise; and its metrics.
 *
 * @throws {UserError} for a path that cannot be read (naming file, row and column), and for one that holds several runs: use {@link analyzeAll}
 * @example analyze('logs/pythia').events.filter(({ kind }) => kind === 'forgetting')
 */
export function analyze(path: string, options: AnalyzeOptions = {}): Analysis {
  const [only, ...others] = analyzeAll([path], options);
  if (others.length === 0) return only;
  const names = [only, ...others].map(({ name }) => name).join(', ');
  throw new UserError(`${path} holds several runs: ${names}; analyse them with analyzeAll`);
}

/** The runs of all paths, in their order. @throws {UserError} as {@link analyze} */
export function analyzeAll(paths: readonly string[], options: AnalyzeOptions = {}): Analysis[] {
  return analyseInFull(paths, options).map(({ analysis }) => analysis);
}

/** As {@link analyzeAll}, with the logs themselves, for reports. */
export function analyseInFull(paths: readonly string[], options: AnalyzeOptions = {}): Analysed[] {
  const { alpha = 0.05, tasks, items, switches, rounds, ste = [], lifetime, ...reading } = options;
  const experts = ste.map((folder) => readLifetime(folder, reading.metric));
  const comparison = { experts, options: lifetime };
  return importLogs(paths, reading).map((imported) =>
    analyseImported(imported, { alpha, tasks, items, switches, rounds, comparison }),
  );
}

/** How a run is analysed, once it is read. */
export interface Setting extends Pick<AnalyzeOptions, 'tasks' | 'items' | 'switches' | 'rounds'> {
  readonly alpha: number;
  readonly comparison: LifetimeComparison;
}

/** One run, whatever it was read from. */
export function analyseImported(read: Imported, setting: Setting): Analysed {
  const { alpha, tasks, items, switches, rounds, comparison } = setting;
  const notes = [...read.notes];
  const whole = logOf(read);
  const chosen = tasks ? withTasks(whole, tasks) : whole;
  const log = items === undefined ? chosen : withItems(chosen, items);
  const imported = {
    ...read,
    log: read.log && log,
    matrix: tasks ? null : read.matrix,
    items: read.items && tasks ? itemsOfTasks(read.items, whole, tasks) : read.items,
  };
  const { items: results } = imported;
  const pairedError = results ? pairedErrorOf(results.scores) : undefined;
  const spread = { pairedError: results ? spreadErrorOf(results) : undefined };
  const events = detectEvents(log, { alpha, pairedError, switches });
  const monitor = imported.samples ? monitorSamples(imported.samples, { alpha }) : null;
  return {
    imported,
    log,
    events,
    analysis: {
      path: imported.path,
      name: imported.name,
      format: imported.format,
      measure: log.measure,
      higher_is_better: log.higherIsBetter,
      evaluations: log.steps.length,
      first_step: log.steps[0] ?? null,
      last_step: log.steps.at(-1) ?? null,
      alpha,
      alarms: snakeKeys(monitor?.alarms ?? []),
      events: events.map(analysisEvent),
      metrics: metricsOf(imported, comparison, notes),
      tasks: taskCourses(log),
      monitor: monitor && snakeKeys(monitor),
      rounds: rounds
        ? {
            gains: snakeKeys(roundGains(log, spread)),
            transfer: snakeKeys(roundTransfer(log, spread)),
          }
        : null,
      // What an importer says of a lifetime its metrics say, too.
      notes: [...new Set(notes)],
    },
  };
}

function logOf({ path, log, matrix, lifetime }: Imported): EvaluationLog {
  const found = log ?? (matrix && logOfMatrix(matrix));
  if (found && found.steps.length > 0) return found;
  // A single-task expert is never evaluated, and has metrics all the same.
  if (lifetime) return logOfMatrix({ tasks: lifetime.tasks, initial: null, rows: [] }, lifetime.measure);
  throw new UserError(`${path} holds no evaluation; run it until the first one is written`);
}
