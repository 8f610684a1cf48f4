import type { Arrays, Loss, Specs, Tensor1D, Tensor2D, Tensors } from '../../engine/index.ts';
import type { Batch, Learner, Setup } from '../contract.ts';
import type { Buffer } from './buffers/buffer.ts';
import type { ExtraSizes } from './buffers/store.ts';
import { replayState } from './replayState.ts';
import { createTrainer, type Step, type Trainer } from './trainer.ts';
import type { StepOptions } from './update.ts';

/**
 * Which outputs of some rows compete.
 * @param fresh how many of the rows, from the first on, are of the stream batch; the rest are replayed
 */
export type Compete = (logits: Tensor2D, task: Tensor1D, fresh: number) => Tensor2D;

export interface RehearsalLoss extends Loss {
  /** `[batch, outputs]`, logits of the stream batch, before any choice of which outputs compete. */
  readonly logits: () => Tensor2D;
}

/** Groups of arrays that an update is given. */
export type RehearsalInputs = Readonly<Record<string, Specs>>;

/** A kind of update. */
export interface RehearsalStep {
  readonly inputs: RehearsalInputs;
  loss(parameters: Tensors, inputs: Readonly<Record<string, Tensors>>): RehearsalLoss;
}

/** What an update on a batch learns from. */
export interface Prepared {
  /** Which kind of update, by name. */
  readonly step: string;
  readonly inputs: Readonly<Record<string, Arrays>>;
  /** Slots of the buffer that are replayed for their labels, or for whatever they are kept for if labels are not used. */
  readonly slots: Int32Array;
}

/** Replay as the parts of an update: what it learns from, its loss, and what it keeps. Another method may make the update in its own way. */
export interface Rehearsal {
  readonly buffer: Pick<Buffer<ExtraSizes>, 'store' | 'size' | 'draw' | 'state' | 'restore'>;
  /** The kinds of update by name, which stands in errors and profiles. */
  readonly steps: Readonly<Record<string, RehearsalStep>>;
  /** Whether `keep` must be told the logits that the stream batch had in its update. */
  readonly keepsLogits: boolean;
  /** Draws from the buffer, and puts together what the update on a batch learns from. */
  prepare(batch: Batch): Prepared;
  /** Offers the buffer a batch after the update on it. @param logits `[batch, outputs]` */
  keep(batch: Batch, logits?: Float32Array): void;
}

/**
 * Compiles the kinds of update of a rehearsal.
 * @param more groups that they are given beside its own
 * @param logits whether they hand out those of the stream batch, as `aux.logits`
 */
export async function compileRehearsal(
  trainer: Trainer,
  { steps, keepsLogits }: Pick<Rehearsal, 'steps' | 'keepsLogits'>,
  more: RehearsalInputs = {},
  { logits: wanted = keepsLogits, ...options }: StepOptions<RehearsalInputs> & { readonly logits?: boolean } = {},
): Promise<Record<string, Step<RehearsalInputs>>> {
  const compiled: Record<string, Step<RehearsalInputs>> = {};
  for (const [name, { inputs, loss }] of Object.entries(steps))
    compiled[name] = await trainer.compileLoss(
      name,
      { ...inputs, ...more },
      (parameters, given) => {
        const { logits, ...rest } = loss(parameters, given);
        return wanted ? { ...rest, aux: { logits: logits() } } : rest;
      },
      options,
    );
  return compiled;
}

/** A learner that does nothing but replay. */
export async function createRehearsalLearner(
  setup: Setup,
  rehearse: (trainer: Trainer) => Rehearsal,
): Promise<Learner> {
  const trainer = createTrainer(setup);
  const rehearsal = rehearse(trainer);
  const steps = await compileRehearsal(trainer, rehearsal);
  return {
    model: trainer.model,
    async beginTask() {
      trainer.beginTask();
    },
    async observe(batch) {
      const { step, inputs } = rehearsal.prepare(batch);
      const { loss, aux } = await steps[step](inputs);
      rehearsal.keep(batch, logitsOf(aux));
      return { loss };
    },
    ...replayState(trainer, rehearsal.buffer, setup.rng),
  };
}

/** The logits among what an update handed out. */
export function logitsOf({ logits }: Arrays): Float32Array | undefined {
  return logits as Float32Array | undefined;
}
