import * as z from 'zod';
import { UserError } from '../../base/index.ts';
import type { StreamFacts } from '../contract.ts';

/** Describes an option for lists and docs: what it is, its unit, where its default comes from. */
export interface OptionMeta {
  readonly description: string;
  readonly unit: string;
  readonly source: string;
  [key: string]: unknown;
}

export function positiveInteger(initial: number, meta: OptionMeta) {
  return z.int().min(1).default(initial).meta(meta);
}

export function nonNegative(initial: number, meta: OptionMeta) {
  return z.number().min(0).default(initial).meta(meta);
}

export function positive(initial: number, meta: OptionMeta) {
  return z.number().positive().default(initial).meta(meta);
}

/** A number that is not negative, or a list with one for each task. */
export function nonNegativePerTask(initial: number, meta: OptionMeta) {
  const one = z.number().min(0);
  return z
    .union([one, z.array(one).min(1)])
    .default(initial)
    .meta(meta);
}

/** A number in [0, 1), or a list with one for each task. */
export function fractionPerTask(initial: number, meta: OptionMeta) {
  const one = z.number().min(0).lt(1);
  return z
    .union([one, z.array(one).min(1)])
    .default(initial)
    .meta(meta);
}

/** @throws {UserError} for a list that has not one number for each task */
export function requireOnePerTask(
  method: string,
  option: string,
  value: number | readonly number[],
  taskCount: number,
): void {
  if (typeof value === 'number' || value.length === taskCount) return;
  throw new UserError(
    `method ${method}: ${option}: a list of ${value.length} for a stream of ${taskCount} tasks; give ${taskCount} numbers, or one for all tasks`,
  );
}

/** What an option with a number for each task is in a task. */
export function inTask(value: number | readonly number[], task: number): number {
  return typeof value === 'number' ? value : value[task];
}

/** A number in [0, 1]. */
export function unitInterval(initial: number, meta: OptionMeta) {
  return z.number().min(0).max(1).default(initial).meta(meta);
}

/** A number in [0, 1). */
export function fraction(initial: number, meta: OptionMeta) {
  return z.number().min(0).lt(1).default(initial).meta(meta);
}

/** A number in (0, 1]. */
export function positiveShare(initial: number, meta: OptionMeta) {
  return z.number().gt(0).max(1).default(initial).meta(meta);
}

/** A number in (0, 1), or null, which is the default. */
export function openShareOrNull(meta: OptionMeta) {
  return z.number().gt(0).lt(1).nullable().default(null).meta(meta);
}

/** A whole number that is not negative. */
export function count(initial: number, meta: OptionMeta) {
  return z.int().min(0).default(initial).meta(meta);
}

/** True or false. */
export function flag(initial: boolean, meta: Pick<OptionMeta, 'description' | 'source'>) {
  return z
    .boolean()
    .default(initial)
    .meta({ ...meta, unit: 'true | false' });
}

/** One of some names; its unit is the list of them. */
export function choice<const T extends readonly [string, ...string[]]>(
  values: T,
  initial: T[number],
  meta: Pick<OptionMeta, 'description' | 'source'>,
) {
  return z
    .enum(values)
    .default(initial as never)
    .meta({ ...meta, unit: values.join(' | ') });
}

export const memoryOption = positiveInteger(200, {
  description: 'capacity of the replay buffer over all tasks',
  unit: 'samples',
  source: 'arXiv:2004.07211, its smallest buffer',
});

export const replayBatchOption = positiveInteger(10, {
  description: 'rows drawn from the buffer for every update',
  unit: 'samples',
  source: 'arXiv:1902.10486',
});

/**
 * Refuses a buffer that cannot hold a row of every class, or that is smaller than one draw from it.
 * @throws {UserError}
 */
export function requireRoom(
  method: string,
  { memory, replayBatch }: { readonly memory: number; readonly replayBatch?: number },
  { outputCount }: StreamFacts,
): void {
  if (memory < outputCount)
    throw new UserError(
      `method ${method}: memory: ${memory} samples are too few for one of each class (at least ${outputCount})`,
    );
  if (replayBatch !== undefined && replayBatch > memory)
    throw new UserError(
      `method ${method}: replayBatch: ${replayBatch} rows cannot be drawn from a memory of ${memory} samples; choose a smaller replayBatch or a larger memory`,
    );
}

export const sniOption = nonNegative(0, {
  description:
    'strength of the decorrelation of hidden units (λ_s), which leaves room for later tasks: Selfless Sequential Learning; 0: off',
  unit: '1',
  source: 'arXiv:1806.05421; 0.001 there',
});
