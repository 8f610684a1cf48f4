import type { Rng } from '../../base/index.ts';
import type { Learner, State } from '../contract.ts';
import type { Buffer } from './buffers/buffer.ts';
import type { ExtraSizes } from './buffers/store.ts';
import type { Trainer } from './trainer.ts';

/** State and cost of a learner that holds nothing but a trainer, a buffer and its generator. */
export function replayState<E extends ExtraSizes>(
  trainer: Trainer,
  buffer: Pick<Buffer<E>, 'store' | 'state' | 'restore'>,
  rng: Rng,
): Pick<Learner, 'state' | 'restore' | 'cost'> {
  return {
    state: () => ({ trainer: trainer.state(), buffer: buffer.state(), rng: rng.state() }),
    restore(state) {
      trainer.restore(state.trainer as State);
      buffer.restore(state.buffer as State);
      rng.restore(state.rng as number[]);
    },
    cost: () => ({ flops: trainer.flops, extraBytes: buffer.store.bytes }),
  };
}
