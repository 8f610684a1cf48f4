/** @file Learning-rate schedules: what they are made from, and factors that depend on the place of an update in its task alone. Loads no engine. */
import { UserError } from '../base/index.ts';
import type { ScheduleFile } from '../logs/index.ts';

export const schedules = ['constant', 'step', 'cosine', 'linear', 'refined'] as const;
export type ScheduleName = (typeof schedules)[number];

/** A schedule and the keys that belong to it. */
export interface ScheduleOptions {
  readonly schedule: ScheduleName;
  readonly milestones?: number[];
  readonly decay?: number;
  readonly scheduleFile?: string;
  readonly scheduleSha256?: string;
}

/** Which schedule each key belongs to. */
export const scheduleKeys = {
  milestones: 'step',
  decay: 'step',
  scheduleFile: 'refined',
  scheduleSha256: 'refined',
} as const satisfies Partial<Record<keyof ScheduleOptions, ScheduleName>>;

type ScheduleKey = keyof typeof scheduleKeys;

const keys = Object.keys(scheduleKeys) as ScheduleKey[];

/**
 * A method's schedule with nothing left open, and none of the keys of other schedules.
 * @param own keys that are set for this method
 * @param shared keys of the experiment
 * @param who opens the error line
 * @throws {UserError} for an own key of another schedule, and for a key that is missing
 */
export function resolveSchedule(
  own: Partial<ScheduleOptions>,
  shared: Partial<ScheduleOptions>,
  who: string,
): ScheduleOptions {
  const schedule = own.schedule ?? shared.schedule ?? 'constant';
  const foreign = keys.find((key) => own[key] !== undefined && scheduleKeys[key] !== schedule);
  if (foreign)
    throw new UserError(
      `${who}: ${foreign} belongs to schedule ${scheduleKeys[foreign]}, and this is ${schedule}; leave ${foreign} out, or set schedule ${scheduleKeys[foreign]}`,
    );
  if (schedule === 'step')
    return {
      schedule,
      milestones: own.milestones ?? shared.milestones ?? [0.5, 0.75],
      decay: own.decay ?? shared.decay ?? 0.1,
    };
  if (schedule !== 'refined') return { schedule };
  const { scheduleFile, scheduleSha256 } = own.scheduleFile === undefined ? { ...shared, ...own } : own;
  if (scheduleFile === undefined)
    throw new UserError(`${who}: schedule refined needs scheduleFile: a file that stabgap refine-lr makes of a run`);
  return { schedule, scheduleFile, ...(scheduleSha256 !== undefined && { scheduleSha256 }) };
}

/** @throws {UserError} for a key that none of the schedules makes use of */
export function requireUsed(shared: Partial<ScheduleOptions>, used: readonly ScheduleName[], where: string): void {
  const unused = keys.find((key) => shared[key] !== undefined && !used.includes(scheduleKeys[key]));
  if (unused)
    throw new UserError(
      `${where}: ${unused} belongs to schedule ${scheduleKeys[unused]}, which no method has; leave it out, or set schedule ${scheduleKeys[unused]}`,
    );
}

/** The options without what belongs to other schedules than the one that takes their schedule's place, or to another file. */
export function withoutSchedule<T extends Partial<ScheduleOptions>>(options: T, change: Partial<ScheduleOptions>): T {
  const dropped = (key: string): boolean =>
    (change.schedule !== undefined && key in scheduleKeys && scheduleKeys[key as ScheduleKey] !== change.schedule) ||
    (change.scheduleFile !== undefined && key === 'scheduleSha256');
  return Object.fromEntries(Object.entries(options).filter(([key]) => !dropped(key))) as T;
}

/**
 * The factor of update t = 0 … T − 1 of a task:
 * - step: decay^(number of milestones m with t/T ≥ m)
 * - cosine: (1 + cos(π·t/T))/2 (SGDR, arXiv:1608.03983, equation 5, with lowest rate 0)
 * - linear: 1 − t/T
 *
 * so that the first update has the whole rate and none has rate 0.
 */
export function rateFactor({ schedule, milestones = [], decay = 1 }: ScheduleOptions, t: number, T: number): number {
  // Not t ≥ m·T: a decimal share of T is a double only as the quotient.
  const share = t / T;
  switch (schedule) {
    case 'step':
      return decay ** milestones.filter((milestone) => share >= milestone).length;
    case 'cosine':
      return (1 + Math.cos(Math.PI * share)) / 2;
    case 'linear':
      return 1 - share;
    case 'constant':
      return 1;
    case 'refined':
      throw new RangeError('a refined schedule is read from its file');
  }
}

/** A sequence at t of T places, straight between its own where it has others than T: the first and the last stay first and last. */
export function stretched(sequence: readonly number[], t: number, T: number): number {
  if (sequence.length === T) return sequence[t];
  const place = T === 1 ? 0 : (t / (T - 1)) * (sequence.length - 1);
  const below = Math.min(Math.floor(place), sequence.length - 1);
  const above = Math.min(below + 1, sequence.length - 1);
  return sequence[below] + (place - below) * (sequence[above] - sequence[below]);
}

/** How a run trains, as schedules see it. */
export interface ScheduledRun {
  /** The method's name. */
  readonly method: string;
  readonly optimizer: string;
  readonly taskNames: readonly string[];
  /** Updates of each task. */
  readonly updatesOf: readonly number[];
  /** Whether a schedule starts anew with every task; else the stream is one task. */
  readonly bounded: boolean;
}

/**
 * The factor on the learning rate of each update, by its task and its number there from 0; after the last one of a task, that one's. It is a
 * function of the place alone, so that a resumed run finds it again.
 * @param file of a refined schedule
 * @param warn told of what does not fit the file, but can be used
 * @returns null for a constant rate
 * @throws {UserError} if the file is of a stream of other length
 */
export function createRateSchedule(
  options: ScheduleOptions,
  { method, optimizer, taskNames, updatesOf, bounded }: ScheduledRun,
  file: ScheduleFile | null,
  warn: (message: string) => void,
): ((task: number, update: number) => number) | null {
  if (options.schedule === 'constant') return null;
  const total = updatesOf.reduce((sum, updates) => sum + updates, 0);
  const before = updatesOf.map((_, task) => updatesOf.slice(0, task).reduce((sum, updates) => sum + updates, 0));
  const lengths = bounded ? updatesOf : [total];
  if (file) {
    requireTasks(file, lengths.length, options.scheduleFile!);
    const { source } = file;
    if (source.method !== method || source.optimizer !== optimizer)
      warn(
        `its refined schedule was made of gradients of ${source.method} by ${source.optimizer}, and this is ${method} by ${optimizer}`,
      );
    file.tasks.forEach(({ updates }, i) => {
      const what = bounded ? `task ${taskNames[i]} has` : 'the stream has';
      if (updates !== lengths[i])
        warn(
          `${what} ${lengths[i]} updates, and its refined schedule ${updates}: the factors are interpolated linearly`,
        );
    });
  }
  return (task, update) => {
    const [period, t] = bounded ? [task, update] : [0, before[task] + update];
    const T = lengths[period];
    const last = Math.min(t, T - 1);
    return file ? stretched(file.tasks[period].factors, last, T) : rateFactor(options, last, T);
  };
}

/** @throws {UserError} if a file's schedule is of another number of tasks */
export function requireTasks({ tasks }: ScheduleFile, count: number, path: string): void {
  if (tasks.length === count) return;
  const [has, wanted] = [tasks.length, count].map((each) => `${each} ${each === 1 ? 'task' : 'tasks'}`);
  throw new UserError(
    `${path}: it is a schedule of ${has}, and the stream counts as ${wanted}; make one of a run on this stream with stabgap refine-lr`,
  );
}
