import {
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
import { anchorPenalty, createAnchor, type Anchor } from './anchored.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './rows.ts';
import { assign, bytesOf, createTrainer, type StepResult, type Trainer } from './trainer.ts';

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
  /** What it keeps: for each of these names an array beside every parameter, zero at the start. */
  readonly keeps: readonly string[];
  /** Further inputs of the step. */
  readonly inputs: S;
  /** What becomes in an update of what it keeps. */
  follow(kept: Readonly<Record<string, Tensors>>, step: PathStep, inputs: TensorsOf<S>): Record<string, Tensors>;
}

/** A penalty λ·Σ Ω·(θ − θ*)², without a factor ½, whose Ω comes from the path of the parameters in training. */
export interface PathPenalty<S extends Signature> {
  readonly trainer: Trainer;
  /** At the initial parameters, and of no weight, until it is first moved. */
  readonly anchor: Anchor;
  /** What was followed so far, until the next update; may be written to. */
  kept(name: string): Arrays;
  /** Makes an update. */
  step(batch: Batch, inputs: ArraysOf<S>): Promise<StepStats>;
  state(): State;
  restore(state: State): void;
  /** Bytes of the anchor and of what is kept. */
  readonly bytes: number;
}

/**
 * Compiles the steps, a plain one until the anchor is moved and one with the penalty. The path is followed inside them, so that an update copies
 * no parameters.
 */
export async function createPathPenalty<S extends Signature>(
  setup: Setup,
  { name, strength }: { readonly name: string; readonly strength: number },
  follower: PathFollower<S>,
): Promise<PathPenalty<S>> {
  const { stream, training, network } = setup;
  const tracked: Specs = joined(follower.keeps, () => network.parameters);
  const trainer = createTrainer(setup, undefined, tracked);
  const rows = allocateRows(training.batch, stream.inputSize);
  const anchor = createAnchor(network);
  assign(anchor.parameters, setup.initial);
  /** What is kept under one name, out of all that is tracked. */
  const partOf = <T>(all: Readonly<Record<string, T>>, part: string): Record<string, T> =>
    Object.fromEntries(Object.keys(network.parameters).map((key) => [key, all[`${part}/${key}`]]));

  const rowInputs = { rows: rowSpecs(training.batch, stream.inputSize), more: follower.inputs as Signature };
  /** An update by the gradients on the batch and, of those that have one, the penalty's. */
  const update = (before: Tensors, inputs: TensorsOf<typeof rowInputs>, pull: Tensors): StepResult => {
    const { loss, gradients: task } = trainer.lossGradients(
      (p) => ({ loss: trainer.classifier.loss(p, asRows(inputs.rows)) }),
      before,
    );
    const total = mapTensors(task, (tensor, key) => (pull[key] ? tf.add(tensor, pull[key]) : tensor));
    return {
      loss,
      gradients: total,
      track(all, after) {
        const kept = Object.fromEntries(follower.keeps.map((part) => [part, partOf(all, part)]));
        const next = follower.follow(kept, { task, total, before, after }, inputs.more as TensorsOf<S>);
        return joined(follower.keeps, (part) => next[part]);
      },
    };
  };
  const plain = await trainer.compile(`${name}-first-task`, rowInputs, (before, inputs) => update(before, inputs, {}));
  const held = await trainer.compile(name, { ...rowInputs, anchor: anchor.specs }, (before, inputs) => {
    const { parameters, importance } = inputs.anchor;
    const penalty = anchorPenalty(before, inputs.anchor, strength);
    // By hand, since the gradients without it are wanted too: 2λ·Ω·(θ − θ*).
    const pull = mapTensors(before, (tensor, key) =>
      tf.mul(tf.mul(2 * strength, importance[key]), tf.sub(tensor, parameters[key])),
    );
    const result = update(before, inputs, pull);
    return { ...result, loss: tf.add(result.loss, penalty) as Scalar, stability: pull, aux: { penalty } };
  });

  return {
    trainer,
    anchor,
    kept: (part) => partOf(trainer.tracked, part),
    async step(batch, more) {
      putBatch(rows, batch, 0, 1 / batch.size);
      const given = { rows, more: more as ArraysOf<Signature> };
      const { loss, aux } = anchor.count === 0 ? await plain(given) : await held({ ...given, anchor: anchor.arrays() });
      return { loss, penalty: aux.penalty?.[0] ?? 0 };
    },
    state: () => ({ trainer: trainer.state(), anchor: anchor.state() }),
    restore(state) {
      trainer.restore(state.trainer as State);
      anchor.restore(state.anchor as State);
    },
    bytes: anchor.bytes + bytesOf(trainer.tracked),
  };
}

/** Groups under several names as one, `<name>/<key>` each. */
function joined<T>(
  names: readonly string[],
  groupOf: (name: string) => Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(
    names.flatMap((name) => Object.entries(groupOf(name)).map(([key, value]) => [`${name}/${key}`, value] as const)),
  );
}
