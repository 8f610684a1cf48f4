import {
  allocate,
  float32,
  lossGradients,
  type Arrays,
  type Loss,
  type Scalar,
  type Signature,
  type TensorsOf,
  type ArraysOf,
  type Tensors,
} from '../../engine/index.ts';
import type { Model, Setup, State } from '../contract.ts';
import { createClassifier, type Classifier } from './classifier.ts';

/** What one update computes from the parameters and its inputs. */
export interface StepResult {
  readonly loss: Scalar;
  readonly gradients: Tensors;
  /** Results handed back beside the loss. */
  readonly aux?: Tensors;
}

export interface StepOptions<S extends Signature> {
  /** Applied to the updated parameters and optimiser state, such as a mask that keeps pruned weights at zero. */
  readonly constrain?: (tensors: Tensors, inputs: TensorsOf<S>) => Tensors;
}

/** Makes one update of the parameters and returns its loss and auxiliary results. */
export type Step<S extends Signature> = (inputs: ArraysOf<S>) => Promise<{ loss: number; aux: Arrays }>;

/**
 * Owns the parameters and the optimiser's state, and compiles training steps that update them. Both live in two sets of arrays:
 * a step reads one and writes the other, so that no update allocates.
 */
export interface Trainer {
  readonly classifier: Classifier;
  readonly model: Model;
  readonly parameters: Arrays;
  readonly optimizerState: Arrays;
  /** Compiles a step that minimises a loss. */
  compileLoss<S extends Signature>(
    name: string,
    inputs: S,
    loss: (parameters: Tensors, inputs: TensorsOf<S>) => Loss,
    options?: StepOptions<S>,
  ): Promise<Step<S>>;
  /** Compiles a step whose gradients are computed by hand, such as projected ones. */
  compile<S extends Signature>(
    name: string,
    inputs: S,
    compute: (parameters: Tensors, inputs: TensorsOf<S>) => StepResult,
    options?: StepOptions<S>,
  ): Promise<Step<S>>;
  /** Zeroes the optimiser's state if the run is set to start every task afresh. */
  beginTask(): void;
  /** Operations of all steps run so far, plus those a method reports for passes of its own. */
  readonly flops: number | null;
  addFlops(flops: number | null): void;
  state(): State;
  restore(state: State): void;
}

export function createTrainer({ engine, network, initial, training, stream }: Setup): Trainer {
  const { optimizer } = training;
  const specs = { parameters: network.parameters, optimizer: optimizer.init(network.parameters) };
  let current = { parameters: copy(initial), optimizer: allocate(specs.optimizer) };
  let spare = { parameters: allocate(specs.parameters), optimizer: allocate(specs.optimizer) };
  const rate = Float32Array.of(training.rate);
  const classifier = createClassifier(network, stream);
  let flops: number | null = 0;

  const trainer: Trainer = {
    classifier,
    model: {
      specs: network.parameters,
      logits: (parameters, x) => network.apply(parameters, x),
      parameters: () => current.parameters,
    },
    get parameters() {
      return current.parameters;
    },
    get optimizerState() {
      return current.optimizer;
    },
    get flops() {
      return flops;
    },
    addFlops(more) {
      flops = flops === null || more === null ? null : flops + more;
    },
    compileLoss: (name, inputs, loss, options) =>
      trainer.compile(
        name,
        inputs,
        (parameters, tensors) => lossGradients((p) => loss(p, tensors), parameters),
        options,
      ),
    async compile<S extends Signature>(
      name: string,
      inputs: S,
      compute: (parameters: Tensors, inputs: TensorsOf<S>) => StepResult,
      { constrain = (tensors) => tensors }: StepOptions<S> = {},
    ) {
      const program = await engine.compile(
        name,
        (all) => {
          const { loss, gradients, aux = {} } = compute(all.parameters, all.inputs as TensorsOf<S>);
          const updated = optimizer.update(all.parameters, gradients, all.optimizer, all.rate as Scalar);
          return {
            parameters: constrain(updated.parameters, all.inputs as TensorsOf<S>),
            optimizer: constrain(updated.state, all.inputs as TensorsOf<S>),
            loss,
            aux,
          };
        },
        { ...specs, rate: float32(), inputs: inputs as Signature },
      );
      return async (arrays: ArraysOf<S>) => {
        const result = await program.run(
          { ...current, rate, inputs: arrays },
          { parameters: spare.parameters, optimizer: spare.optimizer },
        );
        [current, spare] = [spare, current];
        trainer.addFlops(program.flops);
        return { loss: result.loss[0], aux: result.aux };
      };
    },
    beginTask() {
      if (training.resetOptimizer) for (const array of Object.values(current.optimizer)) array.fill(0);
    },
    state: () => ({ parameters: current.parameters, optimizer: current.optimizer, flops }) as State,
    restore(state) {
      assign(current.parameters, state.parameters as Arrays);
      assign(current.optimizer, state.optimizer as Arrays);
      flops = state.flops as number | null;
    },
  };
  return trainer;
}

function copy(arrays: Arrays): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()]));
}

/** Overwrites arrays in place. */
export function assign(target: Arrays, source: Arrays): void {
  for (const [name, array] of Object.entries(target)) array.set(source[name]);
}

/** Bytes of a group of arrays. */
export function bytesOf(arrays: Arrays): number {
  return Object.values(arrays).reduce((sum, array) => sum + array.byteLength, 0);
}
