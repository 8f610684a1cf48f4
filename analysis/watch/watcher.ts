import { UserError } from '../../base/index.ts';
import { importLogs, logOfMatrix, type EvaluationLog, type LogOptions } from '../../logs/index.ts';
import type { AnalyzeOptions } from '../analyze.ts';
import { withItems, withTasks } from '../refine.ts';
import { continued } from './continuation.ts';
import { tellings, type WatchLine } from './follower.ts';
import { readMemory, writeMemory } from './state.ts';

export interface WatchOptions extends LogOptions, Pick<AnalyzeOptions, 'tasks' | 'items' | 'switches'> {
  readonly alpha?: number;
  /** Evaluations of a stretch of training among which a false alarm may come with a chance of α; 1,000 unless given. */
  readonly horizon?: number;
  /** File that remembers what was told. */
  readonly state: string;
}

/** One look at a log. */
export interface Look {
  readonly lines: readonly WatchLine[];
  /** What the reader should know: that a log begins anew, or that it cannot be read now. Each is told once. */
  readonly remarks: readonly string[];
}

export interface Watcher {
  /** Reads the log again and tells what is certain now and was not told before. @param ended whether no more rows will come */
  look(ended?: boolean): Look;
}

/**
 * Watches a log that grows. What cannot be read is taken to be half-written: it is remarked on, and read again at the next look. Rows that a rotation moves away are kept.
 * All that was told is written to `state`, so that a watch that starts again tells nothing twice.
 */
export function createWatcher(
  path: string,
  { alpha = 0.05, horizon = 1000, state, tasks, items, switches, ...reading }: WatchOptions,
): Watcher {
  const memory = readMemory(state);
  const seen = new Map<string, EvaluationLog>();
  let problem: string | null = null;

  const read = (): { name: string; log: EvaluationLog }[] | string => {
    try {
      return importLogs(path, { ...reading, live: true }).flatMap(({ name, log, matrix }) => {
        const whole = log ?? (matrix && logOfMatrix(matrix));
        if (!whole || whole.steps.length === 0) return [];
        const chosen = tasks ? withTasks(whole, tasks) : whole;
        return [{ name, log: items === undefined ? chosen : withItems(chosen, items) }];
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.message;
    }
  };

  return {
    look(ended = false) {
      const found = read();
      if (typeof found === 'string') {
        const remarks = found === problem ? [] : [`waiting: ${found}`];
        problem = found;
        return { lines: [], remarks };
      }
      problem = null;
      const lines: WatchLine[] = [];
      const remarks: string[] = [];
      for (const { name, log } of found) {
        const own = memory.get(name) ?? { told: new Set<string>(), gone: null };
        memory.set(name, own);
        const now = continued(seen.get(name) ?? own.gone, log);
        if (now.anew) {
          remarks.push(`${name} begins anew`);
          own.told.clear();
        }
        own.gone = now.gone;
        seen.set(name, now.log);
        lines.push(...tellings(name, now.log, own.told, { alpha, horizon, ended, detection: { switches } }));
      }
      writeMemory(state, memory);
      return { lines, remarks };
    },
  };
}
