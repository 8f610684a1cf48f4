import type { EvaluationLog } from '../../logs/index.ts';
import { detectEvents, normalTail, type Event, type EventOptions } from '../../metrics/index.ts';
import type { AnalysisEvent } from '../analysis.ts';
import { analysisEvent } from '../eventOf.ts';

/** What is told of an event, each once: that a task fell, as soon as it is certain; that it is back; and the verdict once its stretch of training is over. */
export type Telling = 'fell' | 'back' | 'verdict';

/** One line of `stabgap watch --json`. */
export interface WatchLine extends AnalysisEvent {
  readonly run: string;
  readonly telling: Telling;
}

export interface FollowOptions {
  readonly alpha: number;
  /** Evaluations of a stretch of training among which a false alarm may come with a chance of α. */
  readonly horizon: number;
  /** Whether the log has its last row, so that all events are over. */
  readonly ended: boolean;
  readonly detection?: EventOptions;
}

/**
 * What is certain now and was not told before. A log that grows is tested again and again, and a p-value that is right for one look is not for a thousand: while a stretch of
 * training goes on, a fall is certain only if it would be among `horizon` evaluations of every task (Bonferroni; where the peak was chosen, too, among all pairs of them). Once
 * the stretch is over the verdict is that of `detectEvents`.
 *
 * @param told what was told already; gets what is told now
 */
export function tellings(run: string, log: EvaluationLog, told: Set<string>, options: FollowOptions): WatchLine[] {
  const { alpha, horizon, ended, detection } = options;
  const switches = detection?.switches;
  const named = switches !== undefined || log.trainingTask.some((task) => task >= 0);
  const tests = log.tasks.length * (named ? horizon : (horizon * (horizon - 1)) / 2);
  const lines: WatchLine[] = [];
  const tell = (event: Event, telling: Telling): void => {
    const key = keyOf(event, telling);
    if (told.has(key)) return;
    told.add(key);
    lines.push({ run, telling, ...analysisEvent(event) });
  };
  for (const event of detectEvents(log, { ...detection, alpha })) {
    const over = ended || isOver(log, event, { named, switches });
    const fell = event.kind === 'forgetting' || event.kind === 'stability_gap';
    if (fell && (over || (event.z !== null && tests * normalTail(event.z) <= alpha))) tell(event, 'fell');
    if (event.kind === 'stability_gap' && told.has(keyOf(event, 'fell'))) tell(event, 'back');
    if (over && (event.kind === 'forgetting' || event.kind === 'backward_transfer')) tell(event, 'verdict');
  }
  return lines.toSorted((a, b) => a.minimum_step - b.minimum_step);
}

function keyOf({ task, switchStep, kind }: Event, telling: Telling): string {
  return JSON.stringify([task, switchStep, telling === 'verdict' ? kind : telling]);
}

/** Whether nothing that is still to come can change the event: another stretch of training has begun, or the peak was reached again. */
function isOver(
  { trainingTask, tasks, higherIsBetter, steps }: EvaluationLog,
  event: Event,
  { named, switches }: { readonly named: boolean; readonly switches?: readonly number[] },
): boolean {
  if (!named) return higherIsBetter ? event.end >= event.reference : event.end <= event.reference;
  const last = trainingTask.length - 1;
  if (switches) return switches.some((step) => step >= event.minimumStep && steps[last] > step);
  const next = tasks.indexOf(event.switchTask!);
  return (
    trainingTask[last] !== next || trainingTask.some((task, row) => task !== next && steps[row] > event.minimumStep)
  );
}
