import type { EvaluationLog } from '../../logs/index.ts';
import { segmentsOf } from '../segments.ts';
import { fluctuationOf, type Fluctuation, type Stretch } from './fluctuation.ts';

/** How far the values of one task are off by chance. */
export interface Noise {
  /** Where the error that the items leave is known from. */
  readonly items: 'given' | 'binomial' | null;
  /** The standard error of the value in a row that the items leave, in the unit of the log; null where it is not known. */
  errorAt(row: number): number | null;
  /** Null where there are too few values, or where they never differ. */
  readonly fluctuation: Fluctuation | null;
}

/**
 * The longest lags of the fluctuation. Within the training of a task a third of it: what stays longer is an event. A log that does not say what was trained is one
 * stretch, in which values are learnt and forgotten: a fortieth, so that the three values of a difference span a twentieth.
 */
const [withinTask, withinLog] = [1 / 3, 1 / 40];

/**
 * The noise of the values of each task, from two sources. *Items*: the standard errors that the log gives; else, for shares of items, the binomial error
 * √(p(1 − p)/n) with p = (n·value + ½)/(n + 1), which is not 0 at 0 and 1. *Fluctuation*: how much the values move while nothing happens, see
 * {@link fluctuationOf}, since the task was first trained. In a log that does not say what was trained, with fewer than 40 evaluations, neighbouring
 * values tell, but only where nothing else does.
 *
 * The error of sampled items does not show where every evaluation has the same items, and the fluctuation of the model is no part of it: the larger of both counts.
 * It makes the detector miss shallow dips rather than report none that are there.
 *
 * Source: (n·p + ½)/(n + 1) is Jeffreys's mean.
 *
 * @param cuts rows at which a stretch begins, in ascending order, besides those where the trained task changes
 */
export function noisesOf(log: EvaluationLog, cuts: readonly number[]): (task: number) => Noise {
  const found = new Map<number, Noise>();
  const shares = isShare(log);
  const stretches = stretchesOf(log, cuts);
  return (task) => {
    const noise = found.get(task) ?? noiseOf(log, task, { shares, ...stretches });
    found.set(task, noise);
    return noise;
  };
}

interface Stretches {
  readonly stretches: readonly (Stretch & { readonly trained: number })[];
  /** Whether they end where something changed. */
  readonly known: boolean;
}

function noiseOf(
  log: EvaluationLog,
  task: number,
  { shares, stretches, known }: Stretches & { readonly shares: boolean },
): Noise {
  const values = log.values[task];
  const given = log.standardErrors?.[task];
  const counts = shares ? log.counts?.[task] : undefined;
  const items = knows(values, given) ? 'given' : knows(values, counts) ? 'binomial' : null;
  const first = stretches.findIndex(({ trained }) => trained === task);
  const [share, least] = known ? [withinTask, 0] : [withinLog, items === null ? 1 : 0];
  return {
    items,
    errorAt(row) {
      if (given && given[row] > 0) return given[row];
      if (!counts || !(counts[row] > 0)) return null;
      const p = (counts[row] * values[row] + 0.5) / (counts[row] + 1);
      return Math.sqrt((p * (1 - p)) / counts[row]);
    },
    fluctuation: fluctuationOf(values, stretches.slice(Math.max(0, first)), (length) =>
      Math.max(least, Math.floor(length * share)),
    ),
  };
}

function stretchesOf(log: EvaluationLog, cuts: readonly number[]): Stretches {
  const segments = segmentsOf(log);
  const stretches = segments.flatMap(({ task, start, end }) => {
    const inside = cuts.filter((row) => row > start && row < end);
    return [start, ...inside].map((from, i) => ({ trained: task, start: from, end: inside[i] ?? end }));
  });
  return { stretches, known: cuts.length > 0 || segments.some(({ task }) => task >= 0) };
}

/** Whether something is known of any value. */
function knows(values: Float64Array, known?: Float64Array): boolean {
  return known !== undefined && values.some((value, row) => !Number.isNaN(value) && known[row] > 0);
}

/** Whether values can be shares of right answers. */
function isShare({ higherIsBetter, values }: EvaluationLog): boolean {
  return (
    higherIsBetter && values.every((each) => each.every((value) => Number.isNaN(value) || (value >= 0 && value <= 1)))
  );
}
