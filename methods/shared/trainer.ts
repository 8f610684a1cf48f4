import {
  allocate,
  float32,
  type Arrays,
  type Loss,
  type LossGradients,
  type LowRankChange,
  type Network,
  type Scalar,
  type Signature,
  type Specs,
  type TensorsOf,
  type ArraysOf,
  type Tensors,
  type TypedArray,
} from '../../engine/index.ts';
import type { Model, Setup, State } from '../contract.ts';
import { createAugmenter } from './augment.ts';
import { createClassifier, type Classifier } from './classifier.ts';
import { createConsistency } from './consistency.ts';
import { createMasks, maskSpecs } from './dropout.ts';
import { createPasses } from './passes.ts';
import { createTrail } from './trail.ts';
import { createViewFinder, viewSpecs } from './views.ts';

/** What one update computes from the parameters and its inputs. */
export interface StepResult {
  readonly loss: Scalar;
  readonly gradients: Tensors;
  /** Results handed back beside the loss. */
  readonly aux?: Tensors;
}

/** Trained parameters that are no part of the network, such as those of a projection head. */
export interface ExtraParameters {
  readonly specs: Specs;
  readonly initial: Arrays;
}

export interface StepOptions<S extends Signature> {
  /** Applied to the updated parameters and optimiser state, such as a mask that keeps pruned weights at zero. */
  readonly constrain?: (tensors: Tensors, inputs: TensorsOf<S>) => Tensors;
}

/** Makes one update of the parameters and returns its loss and auxiliary results. */
export type Step<S extends Signature> = (inputs: ArraysOf<S>) => Promise<{ loss: number; aux: Arrays }>;

/**
 * Owns the parameters, the running statistics of batch norms and the optimiser's state, and compiles training steps that update them. They
 * live in two sets of arrays: a step reads one and writes the other, or writes over what it has read, so that no update allocates.
 */
export interface Trainer {
  /** Inside a step it runs in train mode. */
  readonly classifier: Classifier;
  /** The network in inference mode. Its specs and parameters hold the running statistics, too. */
  readonly model: Model;
  /** The current parameters, extra ones included, which may be written to: whoever reads them here makes the next evaluation start from them anew. */
  readonly parameters: Arrays;
  /** Running statistics; empty for a network without batch norm. */
  readonly statistics: Arrays;
  /** The current state of the optimiser; the same holds for it. */
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
  /** A loss and its gradients inside a step; to be used instead of the engine's own. */
  lossGradients(loss: (parameters: Tensors) => Loss, parameters: Tensors): LossGradients;
  /** Zeroes the optimiser's state if the run is set to start every task afresh. */
  beginTask(): void;
  /** Operations of all steps run so far, plus those a method reports for passes of its own. */
  readonly flops: number | null;
  addFlops(flops: number | null): void;
  state(): State;
  restore(state: State): void;
}

/** All that a step updates. */
interface Held {
  readonly parameters: Arrays;
  readonly statistics: Arrays;
  readonly optimizer: Arrays;
}

/** @param extra parameters that are trained beside the network's; evaluation knows nothing of them */
export function createTrainer(setup: Setup, extra: ExtraParameters = { specs: {}, initial: {} }): Trainer {
  const { engine, network, training, stream, rng } = setup;
  const { optimizer } = training;
  const { statistics } = network;
  const parameters = { ...network.parameters, ...extra.specs };
  const initial = { ...setup.initial, ...extra.initial };
  const specs = { parameters, statistics, optimizer: optimizer.init(parameters) };
  const dropoutRng = rng.fork('dropout');
  const augmentRng = rng.fork('augment');
  let current: Held = {
    parameters: copy(initial),
    statistics: network.initStatistics(),
    optimizer: allocate(specs.optimizer),
  };
  let spare: Held = {
    parameters: allocate(parameters),
    statistics: allocate(statistics),
    optimizer: allocate(specs.optimizer),
  };
  const rate = Float32Array.of(training.rate);
  const passes = createPasses(network);
  const consistency = createConsistency(training.views);
  const classifier = createClassifier(network, stream, passes.of, consistency.ran);
  const followed = followFirstLayer(network, stream.inputSize, specs.optimizer, () => current);
  let flops: number | null = 0;

  const trainer: Trainer = {
    classifier,
    model: {
      specs: { ...network.parameters, ...statistics },
      logits: (values, x, tap) => network.apply(values, x, { mode: 'inference', statistics: values, tap }),
      parameters: () => ({ ...only(current.parameters, network.parameters), ...current.statistics }),
      trail: followed?.trail,
    },
    get parameters() {
      followed?.forget();
      return current.parameters;
    },
    get statistics() {
      return current.statistics;
    },
    get optimizerState() {
      followed?.forget();
      return current.optimizer;
    },
    get flops() {
      return flops;
    },
    addFlops(more) {
      flops = flops === null || more === null ? null : flops + more;
    },
    lossGradients: consistency.lossGradients,
    compileLoss: (name, inputs, loss, options) =>
      trainer.compile(
        name,
        inputs,
        (values, tensors) => trainer.lossGradients((p) => loss(p, tensors), values),
        options,
      ),
    async compile<S extends Signature>(
      name: string,
      inputs: S,
      compute: (parameters: Tensors, inputs: TensorsOf<S>) => StepResult,
      { constrain = (tensors) => tensors }: StepOptions<S> = {},
    ) {
      const masks = maskSpecs(network, inputs);
      const drawMasks = createMasks(masks, network.dropout, dropoutRng);
      const views = viewSpecs(inputs, training.views);
      const findViews = createViewFinder(views);
      const augment = createAugmenter(inputs, training, augmentRng);
      const program = await engine.compile(
        name,
        (all) => {
          const given = all.inputs as TensorsOf<S>;
          const context = { statistics: all.statistics, inputs: all.inputs, masks: all.masks };
          const viewed = { inputs: all.inputs, found: all.views };
          const { result, statistics: moved } = passes.during(context, () =>
            consistency.during(viewed, () => compute(all.parameters, given)),
          );
          const { loss, gradients, aux = {} } = result.result;
          const updated = optimizer.update(all.parameters, gradients, all.optimizer, all.rate as Scalar);
          return {
            parameters: constrain(updated.parameters, given),
            statistics: moved,
            optimizer: constrain(updated.state, given),
            loss,
            aux,
            consistency: result.consistency,
          };
        },
        { ...specs, rate: float32(), inputs: inputs as Signature, masks, views },
        { follow: followed?.paths },
      );
      // What may be written over stays where it is, the rest changes places.
      const targets = (group: keyof Held): Arrays =>
        mapNames(current[group], (array, key) =>
          program.overwritable.has(`${group}/${key}`) ? array : spare[group][key],
        );
      const others = (group: keyof Held, next: Arrays): Arrays =>
        mapNames(next, (array, key) => (array === spare[group][key] ? current[group][key] : spare[group][key]));
      return async (arrays: ArraysOf<S>) => {
        const next = mapGroups(targets);
        const found = findViews(arrays);
        const result = await program.run(
          { ...current, rate, inputs: augment(arrays, found), masks: drawMasks(), views: found },
          { ...next },
        );
        spare = mapGroups((group) => others(group, next[group]));
        current = next;
        followed?.record(program.lastChange?.() ?? null);
        trainer.addFlops(program.flops);
        if (result.consistency.mean) training.views?.onConsistency?.(result.consistency.mean[0]);
        return { loss: result.loss[0], aux: result.aux };
      };
    },
    beginTask() {
      if (!training.resetOptimizer) return;
      for (const array of Object.values(current.optimizer)) array.fill(0);
      followed?.record(followed.reset);
    },
    state: () => ({ ...current, dropout: dropoutRng.state(), augment: augmentRng.state(), flops }) as State,
    restore(state) {
      followed?.forget();
      for (const [name, arrays] of Object.entries(current)) assign(arrays as Arrays, state[name] as Arrays);
      dropoutRng.restore(state.dropout as number[]);
      augmentRng.restore(state.augment as number[]);
      flops = state.flops as number | null;
    },
  };
  return trainer;
}

/** The trail of the first layer, if that is a linear one that reads the rows themselves, with what the optimiser keeps for its weights. */
function followFirstLayer(
  { layers, parameters }: Network,
  inputSize: number,
  optimizer: Specs,
  current: () => { parameters: Arrays; optimizer: Arrays },
) {
  const layer = layers[0].name;
  const weight = `${layer}/weight`;
  const shape = parameters[weight]?.shape ?? [];
  const [inputs, outputs] = shape;
  if (shape.length !== 2 || inputs !== inputSize) return null;
  const slots = Object.entries(optimizer)
    .filter(([name, spec]) => (name === weight || name.startsWith(`${weight}/`)) && spec.shape.join() === shape.join())
    .map(([name]) => name);
  const matrices = () =>
    [current().parameters[weight], ...slots.map((slot) => current().optimizer[slot])] as Float32Array[];
  const mix = [weight, ...slots].map((_, i, all) => all.map((_name, j) => Number(i === 0 && j === 0)));
  return {
    ...createTrail({ layer, inputs, outputs, matrices, count: 1 + slots.length }),
    paths: [`parameters/${weight}`, ...slots.map((slot) => `optimizer/${slot}`)],
    /** Zeroing the optimiser's state. */
    reset: { mix, products: [] } satisfies LowRankChange,
  };
}

function mapGroups(fn: (group: keyof Held) => Arrays): Held {
  return { parameters: fn('parameters'), statistics: fn('statistics'), optimizer: fn('optimizer') };
}

function mapNames(arrays: Arrays, fn: (array: TypedArray, name: string) => TypedArray): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, fn(array, name)]));
}

/** Those of the arrays that have a spec. */
function only(arrays: Arrays, specs: Specs): Arrays {
  return Object.fromEntries(Object.keys(specs).map((name) => [name, arrays[name]]));
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
