import { mapTensors, tf, type Arrays, type Specs, type Tensors } from '../../../engine/index.ts';
import type { Setup } from '../../contract.ts';
import { asRows, rowSpecs, type Rows } from '../rows.ts';
import type { StepResult, Trainer } from '../trainer.ts';
import { masked } from './layerMasks.ts';

/** A loss, and ∂L/∂w by the name of the masked weight, of active and inactive places alike; without entries where it was not wanted. */
export interface Looked {
  readonly loss: number;
  readonly gradients: Arrays;
}

/** What an update can do to a network with masks. The loss is the cross-entropy of a batch. */
export interface MaskedSteps {
  /** Updates the weights. Whatever is masked, optimiser state included, is zero after it. */
  update(rows: Rows, masks: Arrays): Promise<Looked>;
  /** The same, and hands out the gradients that it went by. */
  updateAndLook(rows: Rows, masks: Arrays): Promise<Looked>;
  /** Computes the gradients and updates nothing but running statistics. */
  look(rows: Rows): Promise<Looked>;
}

export interface MaskedStepOptions {
  /** Names the programs. */
  readonly name: string;
  /** Of the weights that have masks. */
  readonly specs: Specs;
  /** β of a running mean m ← β·m + (1 − β)·∂L/∂w of these weights, which the trainer tracks by name; none unless given. */
  readonly averaging?: number;
}

/** Each program is compiled when it is first wanted. */
export function createMaskedSteps(
  { stream, training }: Setup,
  trainer: Trainer,
  { name, specs, averaging }: MaskedStepOptions,
): MaskedSteps {
  const batch = rowSpecs(training.batch, stream.inputSize);
  const differentiate = (parameters: Tensors, rows: Tensors) =>
    trainer.lossGradients((values) => ({ loss: trainer.classifier.loss(values, asRows(rows)) }), parameters);
  const ofWeights = (tensors: Tensors): Tensors =>
    Object.fromEntries(Object.keys(specs).map((weight) => [weight, tensors[weight]]));

  const compileUpdate = (handsOut: boolean) =>
    trainer.compile(
      handsOut ? `${name}-and-gradients` : name,
      { rows: batch, masks: specs },
      (parameters, inputs): StepResult => {
        const { loss, gradients } = differentiate(parameters, inputs.rows);
        const aux = handsOut ? ofWeights(gradients) : {};
        if (averaging === undefined) return { loss, gradients, aux };
        const track = (means: Tensors) =>
          mapTensors(means, (mean, weight) =>
            tf.add(tf.mul(mean, averaging), tf.mul(gradients[weight], 1 - averaging)),
          );
        return { loss, gradients, aux, track };
      },
      { constrain: (tensors, inputs) => masked(tensors, inputs.masks) },
    );
  const compileLook = () =>
    trainer.compilePass(`${name}-gradients`, { rows: batch }, (parameters, inputs) => {
      const { loss, gradients } = differentiate(parameters, inputs.rows);
      return { ...ofWeights(gradients), loss };
    });
  const programs: {
    update?: ReturnType<typeof compileUpdate>;
    updateAndLook?: ReturnType<typeof compileUpdate>;
    look?: ReturnType<typeof compileLook>;
  } = {};

  return {
    async update(rows, masks) {
      const step = await (programs.update ??= compileUpdate(false));
      return { loss: (await step({ rows, masks })).loss, gradients: {} };
    },
    async updateAndLook(rows, masks) {
      const step = await (programs.updateAndLook ??= compileUpdate(true));
      const { loss, aux } = await step({ rows, masks });
      return { loss, gradients: aux };
    },
    async look(rows) {
      const pass = await (programs.look ??= compileLook());
      const { loss, ...gradients } = await pass({ rows });
      return { loss: loss[0], gradients };
    },
  };
}
