import { UserError, type Rng } from '../../../base/index.ts';
import type { StreamFacts, StreamInfo } from '../../contract.ts';
import { requireRoom } from '../options.ts';
import { createBalancedBuffer } from './balanced.ts';
import type { Buffer } from './buffer.ts';
import { createReservoir } from './reservoir.ts';
import { createRingBuffer } from './ring.ts';
import type { ExtraSizes } from './store.ts';

/**
 * `reservoir`: each row seen so far with the same probability. `balanced`: the same number of rows of each class seen so far; `task-balanced`: of each
 * task seen so far. `ring`: the last
 * rows of each class of each task, the memory being divided evenly over all of them, known beforehand.
 */
export const bufferNames = ['reservoir', 'balanced', 'task-balanced', 'ring'] as const;
export type BufferName = (typeof bufferNames)[number];

/** @param extras sizes of the vectors that slots hold beside their rows */
export function createBuffer<E extends ExtraSizes = {}>(
  name: BufferName,
  memory: number,
  { inputSize, taskOutputs }: StreamInfo,
  rng: Rng,
  extras?: E,
): Buffer<E> {
  switch (name) {
    case 'reservoir':
      return createReservoir(memory, inputSize, rng, extras);
    case 'balanced':
      return createBalancedBuffer(memory, inputSize, rng, extras);
    case 'task-balanced':
      return createBalancedBuffer(memory, inputSize, rng, extras, 'task');
    case 'ring': {
      const rings = taskOutputs.reduce((sum, outputs) => sum + outputs.length, 0);
      return createRingBuffer(Math.floor(memory / rings), taskOutputs, inputSize, rng, extras);
    }
  }
}

/**
 * Refuses a memory of which a named buffer cannot be made, or that is smaller than one draw from it.
 * @throws {UserError}
 */
export function requireBuffer(
  method: string,
  options: { readonly buffer: BufferName; readonly memory: number; readonly replayBatch?: number },
  stream: StreamFacts,
): void {
  requireRoom(method, options, stream);
  const rings = stream.taskCount * stream.outputsPerTask;
  if (options.buffer === 'ring' && options.memory < rings)
    throw new UserError(
      `method ${method}: memory: ${options.memory} samples are too few for a ring of each class of each task (at least ${rings}); choose a larger memory or another buffer`,
    );
}
