import {
  allocate,
  mapTensors,
  tf,
  type Arrays,
  type ArraysOf,
  type Scalar,
  type Signature,
  type Specs,
  type Tensors,
  type TensorsOf,
} from '../../engine/index.ts';
import type { Batch, Setup, State, StepStats } from '../contract.ts';
import { quadraticDistance } from './quadraticPenalty.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './rows.ts';
import { assign, bytesOf, createTrainer, type Trainer } from './trainer.ts';

/** One update as what follows the path sees it. */
export interface PathStep {
  /** Gradients of the loss on the batch, without the penalty. */
  readonly task: Tensors;
  /** Those that the optimiser was given, of the loss with the penalty. */
  readonly total: Tensors;
  readonly before: Tensors;
  readonly after: Tensors;
}

/** How a method follows the path of the parameters. */
export interface PathFollower<S extends Signature> {
  /** Arrays of the shape of all parameters that it keeps, by name: `<name>/<parameter>` among the trainer's tracked ones. */
  readonly keeps: readonly string[];
  /** Further inputs of the step. */
  readonly inputs: S;
  /** What becomes of the arrays that it keeps in an update. */
  follow(kept: Readonly<Record<string, Tensors>>, step: PathStep, inputs: TensorsOf<S>): Record<string, Tensors>;
}

/** A penalty λ·Σ importance·(θ − anchor)², without a factor ½, whose importance comes from the path of the parameters in training. */
export interface PathPenalty<S extends Signature> {
  readonly trainer: Trainer;
  /** Where the last task ended, before the first one has ended where it began. Written to by `consolidate`. */
  readonly anchor: Arrays;
  /** Zero until the method sets it, at the end of a task. */
  readonly importance: Arrays;
  /** What was followed so far, one array a parameter, until the next update; may be written to. */
  kept(part: string): Arrays;
  /** Makes an update. */
  step(batch: Batch, inputs: ArraysOf<S>): Promise<StepStats>;
  /** Ends a task: the anchor moves to the current parameters, and from now on the penalty counts. */
  consolidate(): void;
  state(): State;
  restore(state: State): void;
  /** Bytes of anchor, importance and kept arrays. */
  readonly bytes: number;
}

/**
 * Compiles the steps, a plain one for the first task and one with the penalty. The path is followed inside them, so that an update copies no
 * parameters.
 */
export async function createPathPenalty<S extends Signature>(
  setup: Setup,
  name: string,
  lambda: number,
  follower: PathFollower<S>,
): Promise<PathPenalty<S>> {
  const { stream, training, network } = setup;
  const { parameters } = network;
  const tracked = Object.assign({}, ...follower.keeps.map((part) => within(part, parameters))) as Specs;
  const trainer = createTrainer(setup, undefined, tracked);
  const rows = allocateRows(training.batch, stream.inputSize);
  const anchor = allocate(parameters);
  const importance = allocate(parameters);
  assign(anchor, setup.initial);
  /** The part of the tracked arrays that belongs to one of the names. */
  const partOf = <T>(group: Readonly<Record<string, T>>, part: string): Record<string, T> =>
    Object.fromEntries(Object.keys(parameters).map((key) => [key, group[`${part}/${key}`]]));

  const rowInputs = { rows: rowSpecs(training.batch, stream.inputSize), more: follower.inputs as Signature };
  /** One update, with what `pull` adds to the task's gradients. */
  const update = (before: Tensors, inputs: TensorsOf<typeof rowInputs>, penalty: Scalar | null, pull: Tensors) => {
    const task = trainer.lossGradients((p) => ({ loss: trainer.classifier.loss(p, asRows(inputs.rows)) }), before);
    const total = mapTensors(task.gradients, (tensor, key) => (pull[key] ? tf.add(tensor, pull[key]) : tensor));
    return {
      loss: (penalty ? tf.add(task.loss, penalty) : task.loss) as Scalar,
      gradients: total,
      track(kept: Tensors, after: Tensors): Tensors {
        const parts = Object.fromEntries(follower.keeps.map((part) => [part, partOf(kept, part)]));
        const change = { task: task.gradients, total, before, after };
        const next = follower.follow(parts, change, inputs.more as TensorsOf<S>);
        return Object.assign({}, ...follower.keeps.map((part) => within(part, next[part]))) as Tensors;
      },
    };
  };
  const plain = await trainer.compile(`${name}-first-task`, rowInputs, (before, inputs) =>
    update(before, inputs, null, {}),
  );
  const penalized = await trainer.compile(
    name,
    { ...rowInputs, anchor: parameters, importance: parameters },
    (before, inputs) => {
      const penalty = tf.mul(lambda, quadraticDistance(before, inputs.anchor, inputs.importance)) as Scalar;
      // By hand, since the gradients without it are wanted too: 2λ·importance·(θ − anchor).
      const pull = mapTensors(before, (tensor, key) =>
        tf.mul(tf.mul(2 * lambda, inputs.importance[key]), tf.sub(tensor, inputs.anchor[key])),
      );
      return { ...update(before, inputs, penalty, pull), stability: pull, aux: { penalty } };
    },
  );
  let consolidated = 0;

  return {
    trainer,
    anchor,
    importance,
    kept: (part) => partOf(trainer.tracked, part),
    async step(batch, more) {
      putBatch(rows, batch, 0, 1 / batch.size);
      const given = { rows, more: more as ArraysOf<Signature> };
      const { loss, aux } = consolidated === 0 ? await plain(given) : await penalized({ ...given, anchor, importance });
      return { loss, penalty: aux.penalty?.[0] ?? 0 };
    },
    consolidate() {
      assign(anchor, trainer.model.parameters());
      consolidated++;
    },
    state: () => ({ trainer: trainer.state(), anchor, importance, consolidated }) as State,
    restore(state) {
      trainer.restore(state.trainer as State);
      assign(anchor, state.anchor as Arrays);
      assign(importance, state.importance as Arrays);
      consolidated = state.consolidated as number;
    },
    bytes: bytesOf(anchor) + bytesOf(importance) + bytesOf(trainer.tracked),
  };
}

function within<T>(part: string, group: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(group).map(([key, value]) => [`${part}/${key}`, value]));
}
