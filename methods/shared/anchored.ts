import {
  allocate,
  float32,
  tf,
  type Arrays,
  type Network,
  type Scalar,
  type Specs,
  type Tensor,
  type Tensors,
} from '../../engine/index.ts';
import type { Batch, Setup, State, StepStats } from '../contract.ts';
import type { Decorrelation } from './decorrelation.ts';
import { quadraticDistance } from './quadraticPenalty.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './rows.ts';
import { assign, bytesOf, type Trainer } from './trainer.ts';

/** An anchor as a traced function sees it. */
export interface AnchorTensors {
  readonly parameters: Tensors;
  readonly importance: Tensors;
  readonly constant: Tensor;
}

/**
 * Where parameters are held, and how firmly: Σ Ω·(θ − θ*)² + c over all parameters θ. Sums of such terms have this form, too, so that one
 * anchor can stand for the penalties of many tasks: see `add`.
 */
export interface Anchor {
  /** θ*, live. */
  readonly parameters: Arrays;
  /** Ω, live. */
  readonly importance: Arrays;
  /** How often it was set; until then it holds nothing. */
  readonly count: number;
  /** What a program takes that has it in its loss, and what to give it. */
  readonly specs: {
    readonly parameters: Specs;
    readonly importance: Specs;
    readonly constant: ReturnType<typeof float32>;
  };
  arrays(): { parameters: Arrays; importance: Arrays; constant: Float32Array };
  /** Moves it: θ* ← θ. Ω is what the method makes it. */
  moveTo(parameters: Arrays): void;
  /** Adds a term Σ ω·(θ − a)². @param a its anchor @param importance its ω */
  add(a: Arrays, importance: Arrays): void;
  readonly bytes: number;
  state(): State;
  restore(state: State): void;
}

/** @param importance one number for each parameter unless given: a scalar counts for all of its array */
export function createAnchor(network: Network, importance: Specs = network.parameters): Anchor {
  const held = { parameters: allocate(network.parameters), importance: allocate(importance) };
  let constant = 0;
  let count = 0;
  return {
    ...held,
    get count() {
      return count;
    },
    specs: { parameters: network.parameters, importance, constant: float32() },
    arrays: () => ({ ...held, constant: Float32Array.of(constant) }),
    moveTo(parameters) {
      assign(held.parameters, parameters);
      count++;
    },
    add(parameters, more) {
      for (const [name, anchor] of Object.entries(held.parameters))
        constant += joinTerms(anchor, held.importance[name], parameters[name], more[name]);
      count++;
    },
    bytes: bytesOf(held.parameters) + bytesOf(held.importance),
    state: () => ({ ...held, constant, count }) as State,
    restore(state) {
      assign(held.parameters, state.parameters as Arrays);
      assign(held.importance, state.importance as Arrays);
      constant = state.constant as number;
      count = state.count as number;
    },
  };
}

/**
 * Ω·(θ − θ*)² + ω·(θ − a)² = (Ω + ω)·(θ − m)² + Ω·ω/(Ω + ω)·(a − θ*)² with m = θ* + ω/(Ω + ω)·(a − θ*): Ω and θ* become Ω + ω and m, and the sum
 * of the constants is returned. Nothing is subtracted but a − θ*, so that nothing cancels; where Ω + ω is 0, θ* stays.
 */
function joinTerms(
  anchor: Arrays[string],
  importance: Arrays[string],
  other: Arrays[string],
  more: Arrays[string],
): number {
  const shares = Float64Array.from(importance, (own, i) => (more[i] === 0 ? 0 : more[i] / (own + more[i])));
  const scalar = importance.length === 1;
  let constant = 0;
  for (let i = 0; i < anchor.length; i++) {
    const j = scalar ? 0 : i;
    const distance = other[i] - anchor[i];
    constant += importance[j] * shares[j] * distance * distance;
    // A share of 1 is met exactly: the first term of a parameter is its own anchor.
    anchor[i] = shares[j] === 1 ? other[i] : anchor[i] + shares[j] * distance;
  }
  for (let j = 0; j < importance.length; j++) importance[j] += more[j];
  return constant;
}

/** Ω ← decay·Ω + share·ω. */
export function accumulate(importance: Arrays, more: Arrays, decay = 1, share = 1): void {
  for (const [name, values] of Object.entries(importance))
    for (let i = 0; i < values.length; i++) values[i] = decay * values[i] + share * more[name][i];
}

/** strength·(Σ Ω·(θ − θ*)² + c) */
export function anchorPenalty(parameters: Tensors, anchor: AnchorTensors, strength: number): Scalar {
  return tf.mul(strength, tf.add(quadraticDistance(parameters, anchor.parameters, anchor.importance), anchor.constant));
}

/**
 * Compiles updates on stream batches: cross-entropy, and from when the anchor is first set plus the penalty, which is logged and is the
 * stability side of the gradient.
 * @param strength weight of Σ Ω·(θ − θ*)² in the loss: λ/2 or λ
 * @param decorrelation of hidden units, on top of the cross-entropy from the first task on: it keeps nothing old, and is logged
 */
export async function createAnchoredStep(
  { stream, training }: Setup,
  trainer: Trainer,
  anchor: Anchor,
  {
    name,
    strength,
    decorrelation = null,
  }: { readonly name: string; readonly strength: number; readonly decorrelation?: Decorrelation | null },
): Promise<(batch: Batch) => Promise<StepStats>> {
  const rows = allocateRows(training.batch, stream.inputSize);
  const inputs = { rows: rowSpecs(training.batch, stream.inputSize), units: decorrelation?.specs ?? {} };
  const learning = (parameters: Tensors, given: { rows: Tensors; units: Tensors }) => {
    if (!decorrelation) return { loss: trainer.classifier.loss(parameters, asRows(given.rows)), aux: {} };
    const { loss, ...aux } = decorrelation.loss(parameters, asRows(given.rows), given.units);
    return { loss, aux };
  };
  const plain = await trainer.compileLoss(`${name}-first-task`, inputs, learning);
  const held = await trainer.compileLoss(name, { ...inputs, anchor: anchor.specs }, (parameters, given) => {
    const { loss, aux } = learning(parameters, given);
    const penalty = anchorPenalty(parameters, given.anchor, strength);
    return { loss: tf.add(loss, penalty), stability: () => penalty, aux: { ...aux, penalty } };
  });
  const units = decorrelation?.importance ?? {};
  return async (batch) => {
    putBatch(rows, batch, 0, 1 / batch.size);
    const { loss, aux } =
      anchor.count === 0 ? await plain({ rows, units }) : await held({ rows, units, anchor: anchor.arrays() });
    return {
      loss,
      penalty: aux.penalty?.[0] ?? 0,
      ...(decorrelation && { decorrelation: aux.decorrelation[0] }),
    };
  };
}
