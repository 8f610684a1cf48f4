import {
  allocate,
  float32,
  lossGradients,
  tf,
  type Arrays,
  type Loss,
  type LossGradients,
  type Scalar,
  type Signature,
  type Specs,
  type TensorsOf,
  type ArraysOf,
  type Tensors,
  type TypedArray,
} from '../../engine/index.ts';
import type { Rng } from '../../base/index.ts';
import type { Model, Setup, State, TrainingOptions } from '../contract.ts';
import { createAugmenter } from './augment.ts';
import { createClassifier, type Classifier } from './classifier.ts';
import { createConsistency } from './consistency.ts';
import { createMasks, maskSpecs } from './dropout.ts';
import { followFirstLayer } from './followFirstLayer.ts';
import { gradientSizes, readGradientSizes } from './gradientSizes.ts';
import { createPasses } from './passes.ts';
import { limitedUpdate, type Sides, type StepOptions } from './update.ts';
import { createViewFinder, viewSpecs } from './views.ts';

/** What one update computes from the parameters and its inputs. */
export interface StepResult extends Sides {
  readonly loss: Scalar;
  /** Results handed back beside the loss. */
  readonly aux?: Tensors;
  /** What becomes of the tracked arrays, given the parameters after the update; unless given they stay as they are. */
  readonly track?: (tracked: Tensors, updated: Tensors) => Tensors;
}

/** Trained parameters that are no part of the network, such as those of a projection head. */
export interface ExtraParameters {
  readonly specs: Specs;
  readonly initial: Arrays;
}

/**
 * Makes one update of the parameters and returns its loss and auxiliary results.
 * @param rate learning rate of this update before the schedule; the run's unless given
 * @param into arrays to write auxiliary results into, none of which is an input
 */
export type Step<S extends Signature> = (
  inputs: ArraysOf<S>,
  rate?: number,
  into?: Arrays,
) => Promise<{ loss: number; aux: Arrays }>;

/** Computes something at the current parameters. @param into arrays to write results into */
export type TrainingPass<S extends Signature> = (inputs: ArraysOf<S>, into?: Arrays) => Promise<Arrays>;

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
  /** What steps track beside it, such as an integral along the path of the parameters; may be written to. */
  readonly tracked: Arrays;
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
  /**
   * Compiles what is computed as inside a step, in train mode, moving running statistics, but updates no parameter: gradients that are wanted
   * before it is known what the update will be.
   */
  compilePass<S extends Signature>(
    name: string,
    inputs: S,
    compute: (parameters: Tensors, inputs: TensorsOf<S>) => Tensors,
  ): Promise<TrainingPass<S>>;
  /** A loss and its gradients inside a step; to be used instead of the engine's own. */
  lossGradients(loss: (parameters: Tensors) => Loss, parameters: Tensors): LossGradients;
  /** Zeroes the optimiser's state if the run is set to start every task afresh. */
  beginTask(): void;
  /** Starts training anew, from these parameters, with fresh statistics and optimiser state; what it draws from now on depends on `generator` alone. */
  restart(parameters: Arrays, generator: Rng): void;
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
  readonly tracked: Arrays;
}

/**
 * @param extra parameters that are trained beside the network's; evaluation knows nothing of them
 * @param tracked arrays that steps update beside all parameters, by `StepResult.track`; zero at the start
 */
export function createTrainer(
  setup: Setup,
  extra: ExtraParameters = { specs: {}, initial: {} },
  tracked: Specs = {},
): Trainer {
  const { engine, network, training, stream, rng } = setup;
  const { optimizer } = training;
  const { statistics } = network;
  const parameters = { ...network.parameters, ...extra.specs };
  const initial = { ...setup.initial, ...extra.initial };
  const specs = { parameters, statistics, optimizer: optimizer.init(parameters), tracked };
  const dropoutRng = rng.fork('dropout');
  const augmentRng = rng.fork('augment');
  let current: Held = {
    parameters: copy(initial),
    statistics: network.initStatistics(),
    optimizer: allocate(specs.optimizer),
    tracked: allocate(tracked),
  };
  let spare: Held = {
    parameters: allocate(parameters),
    statistics: allocate(statistics),
    optimizer: allocate(specs.optimizer),
    tracked: allocate(tracked),
  };
  const passes = createPasses(network);
  const consistency = createConsistency(training.views);
  const classifier = createClassifier(network, stream, passes.of, consistency.ran);
  const followed = followFirstLayer(network, stream.inputSize, specs.optimizer, () => current);
  let flops: number | null = 0;

  /** What each run of a program is given beside its inputs: dropout masks, changed images, and which rows show the same sample. */
  function randomness(inputs: Signature) {
    const masks = maskSpecs(network, inputs);
    const drawMasks = createMasks(masks, network.dropout, dropoutRng);
    const views = viewSpecs(inputs, training.views);
    const findViews = createViewFinder(views);
    const augment = createAugmenter(inputs, training, augmentRng);
    const draw = <T extends Arrays | ArraysOf<Signature>>(arrays: T) => {
      const found = findViews(arrays);
      return { inputs: augment(arrays, found), masks: drawMasks(), views: found };
    };
    return { masks, views, draw };
  }

  /** The gradients of a loss's stability side alone. Parameters that take no part in it have a gradient of 0. */
  function sideGradients(loss: (parameters: Tensors) => Loss, values: Tensors): Tensors {
    return passes.again(
      () =>
        lossGradients((p) => {
          const nothing = Object.values(p).map((tensor) => tf.mul(tf.sum(tensor), 0));
          return { loss: tf.addN([loss(p).stability!(), ...nothing]) as Scalar };
        }, values).gradients,
    );
  }

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
    get tracked() {
      return current.tracked;
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
        (values, tensors) => {
          let sided = false;
          const result = trainer.lossGradients((p) => {
            const whole = loss(p, tensors);
            sided = whole.stability !== undefined;
            return whole;
          }, values);
          return sided && training.onGradients
            ? { ...result, stability: sideGradients((p) => loss(p, tensors), values) }
            : result;
        },
        options,
      ),
    async compile<S extends Signature>(
      name: string,
      inputs: S,
      compute: (parameters: Tensors, inputs: TensorsOf<S>) => StepResult,
      options: StepOptions<S> = {},
    ) {
      const { masks, views, draw } = randomness(inputs);
      const program = await engine.compile(
        name,
        (all) => {
          const given = all.inputs as TensorsOf<S>;
          const context = { statistics: all.statistics, inputs: all.inputs, masks: all.masks };
          const viewed = { inputs: all.inputs, found: all.views };
          const { result, statistics: moved } = passes.during(context, () =>
            consistency.during(viewed, () => compute(all.parameters, given)),
          );
          const { loss, aux = {}, track = (tensors) => tensors } = result.result;
          const held = { parameters: all.parameters, optimizer: all.optimizer, rate: all.rate as Scalar };
          const updated = limitedUpdate(optimizer, held, result.result, options, given);
          return {
            parameters: updated.parameters,
            statistics: moved,
            tracked: track(all.tracked, updated.parameters),
            optimizer: updated.optimizer,
            loss,
            aux,
            consistency: result.consistency,
            sizes: training.onGradients ? gradientSizes(updated.gradients, updated.stability) : {},
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
      return async (arrays: ArraysOf<S>, own?: number, into: Arrays = {}) => {
        const next = mapGroups(targets);
        const result = await program.run(
          { ...current, rate: Float32Array.of(scheduledRate(training, own)), ...draw(arrays) },
          { ...next, aux: into },
        );
        spare = mapGroups((group) => others(group, next[group]));
        current = next;
        followed?.record(program.lastChange?.() ?? null);
        trainer.addFlops(program.flops);
        if (training.onGradients) training.onGradients(readGradientSizes(result.sizes));
        if (result.consistency.mean) training.views?.onConsistency?.(result.consistency.mean[0]);
        return { loss: result.loss[0], aux: result.aux };
      };
    },
    async compilePass<S extends Signature>(
      name: string,
      inputs: S,
      compute: (parameters: Tensors, inputs: TensorsOf<S>) => Tensors,
    ) {
      const { masks, views, draw } = randomness(inputs);
      const program = await engine.compile(
        name,
        (all) => {
          const context = { statistics: all.statistics, inputs: all.inputs, masks: all.masks };
          const viewed = { inputs: all.inputs, found: all.views };
          const given = all.inputs as TensorsOf<S>;
          const { result, statistics: moved } = passes.during(context, () =>
            consistency.during(viewed, () => compute(all.parameters, given)),
          );
          return { statistics: moved, result: result.result, consistency: result.consistency };
        },
        { parameters, statistics, inputs: inputs as Signature, masks, views },
      );
      return async (arrays: ArraysOf<S>, into: Arrays = {}) => {
        const before = current.statistics;
        const after = spare.statistics;
        const { result, consistency: measured } = await program.run(
          { parameters: current.parameters, statistics: before, ...draw(arrays) },
          { statistics: after, result: into },
        );
        current = { ...current, statistics: after };
        spare = { ...spare, statistics: before };
        trainer.addFlops(program.flops);
        if (measured.mean) training.views?.onConsistency?.(measured.mean[0]);
        return result;
      };
    },
    beginTask() {
      if (!training.resetOptimizer) return;
      for (const array of Object.values(current.optimizer)) array.fill(0);
      followed?.record(followed.reset);
    },
    restart(fresh, generator) {
      followed?.forget();
      assign(current.parameters, fresh);
      assign(current.statistics, network.initStatistics());
      for (const group of [current.optimizer, current.tracked]) for (const array of Object.values(group)) array.fill(0);
      dropoutRng.restore(generator.fork('dropout').state());
      augmentRng.restore(generator.fork('augment').state());
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

/** The learning rate of the update at hand. @param rate before the schedule; the run's unless given */
export function scheduledRate({ rate: usual, schedule }: TrainingOptions, rate = usual): number {
  return rate * (schedule?.() ?? 1);
}

function mapGroups(fn: (group: keyof Held) => Arrays): Held {
  return {
    parameters: fn('parameters'),
    statistics: fn('statistics'),
    optimizer: fn('optimizer'),
    tracked: fn('tracked'),
  };
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
