import {
  allocate,
  float32,
  tf,
  type ArraySpec,
  type Arrays,
  type Specs,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
  type TypedArray,
} from '../../engine/index.ts';
import type { Model, StreamInfo } from '../contract.ts';
import { reconstructionError } from './autoencoder.ts';
import { headMask } from './classifier.ts';

/** Added to every probability, so that the loss of a row whose expert does not know its class is large and finite: 46 nats. */
const leastProbability = 1e-20;

export interface Routing {
  /** Of the softmax over errors. */
  readonly temperature: number;
  /** Least probability of an expert that answers beside the most probable one; null: that one alone. */
  readonly confidence: number | null;
}

/** `[rows, gates]`, softmax(−error / temperature) over the gates where `open` `[gates]` is 1; 0 for the others. Errors `[rows, gates]`. */
export function gateProbabilities(errors: Tensor2D, open: Tensor1D, temperature: number): Tensor2D {
  const shut = tf.mul(tf.sub(1, open), -1e9);
  return tf.mul(tf.softmax(tf.add(tf.div(errors, -temperature), shut) as Tensor2D), open);
}

/** `[rows, gates]`, the share that each expert has in the answer: 1 for the one of least error, or by probability for all that are confident. */
export function expertShares(errors: Tensor2D, open: Tensor1D, { temperature, confidence }: Routing): Tensor2D {
  const count = errors.shape[1];
  const lowest = tf.argMax(tf.sub(tf.mul(tf.sub(1, open), -1e9), errors), 1) as Tensor1D;
  const best = tf.cast(tf.oneHot(lowest, count), 'float32') as Tensor2D;
  if (confidence === null) return best;
  const probabilities = gateProbabilities(errors, open, temperature);
  const confident = tf.cast(tf.greaterEqual(probabilities, confidence), 'float32');
  // One that is chosen has a probability of 1 / count at least, so the sum is no zero.
  const kept = tf.mul(probabilities, tf.maximum(confident, best));
  return tf.div(kept, tf.sum(kept, 1, true));
}

/** Parameters of the experts that are finished, by position, and of the gates. Of tasks that have not begun there is neither. */
export interface Experts {
  readonly finished: readonly Arrays[];
  readonly gates: readonly Arrays[];
}

/**
 * The experts as one model, log p(y|x) = log Σₜ shareₜ(x)·pₜ(y|x), with pₜ over the outputs of task t only. The expert at work goes by the names
 * of the network, those before it by `expert<t>/<name>`, gates by `gate<t>/<name>`, t from 0; `gates/current` tells whose place the former takes.
 * @param live the expert at work
 * @param gate the arrays of one gate
 */
export function gatedModel(
  live: Model,
  { taskOutputs, outputCount }: StreamInfo,
  gate: Specs,
  routing: Routing,
  experts: () => Experts,
): Model {
  const tasks = [...taskOutputs.keys()];
  /** All but the last can be finished while another one is at work. */
  const earlier = tasks.slice(0, -1);
  const flags = { 'gates/open': float32(tasks.length), 'gates/current': float32(tasks.length) };
  const specs: Specs = {
    ...live.specs,
    ...all(earlier, 'expert', () => live.specs),
    ...all(tasks, 'gate', () => gate),
    ...flags,
  };
  const blank = { expert: allocate(live.specs), gate: allocate(gate) };
  blank.gate.deviation.fill(1);

  return {
    specs,
    logits(parameters, x) {
      const part = (prefix: string, of: Specs): Tensors =>
        Object.fromEntries(Object.keys(of).map((name) => [name, parameters[`${prefix}/${name}`]]));
      const errors = tf.stack(tasks.map((task) => reconstructionError(part(`gate${task}`, gate), x)), 1) as Tensor2D; // prettier-ignore
      const shares = expertShares(errors, parameters['gates/open'] as Tensor1D, routing);
      const current = parameters['gates/current'] as Tensor1D;
      const present = live.logits(parameters, x);
      const shareOf = (task: number): Tensor2D => tf.slice(shares, [0, task], [-1, 1]);
      const terms = tasks.map((task) => {
        const at = tf.slice(current, [task], [1]);
        // Where the expert at work stands, which is the only place that the last task's can have.
        const logits =
          task < earlier.length
            ? tf.add(tf.mul(present, at), tf.mul(live.logits(part(`expert${task}`, live.specs), x), tf.sub(1, at)))
            : present;
        const own = tf.add(logits, tf.tensor1d([...headMask(taskOutputs[task], outputCount)])) as Tensor2D;
        return tf.mul(tf.softmax(own), shareOf(task));
      });
      return tf.log(tf.add(tf.addN(terms), leastProbability)) as Tensor2D;
    },
    parameters() {
      const { finished, gates } = experts();
      const position = Math.max(0, gates.length - 1);
      return {
        ...live.parameters(),
        ...all(earlier, 'expert', (task) => finished[task] ?? blank.expert),
        ...all(tasks, 'gate', (task) => gates[task] ?? blank.gate),
        'gates/open': Float32Array.from(tasks, (task) => Number(task <= position)),
        'gates/current': Float32Array.from(tasks, (task) => Number(task === position)),
      };
    },
  };
}

/** What is given for each task, every name with the task's prefix. */
function all<T extends ArraySpec | TypedArray>(
  tasks: readonly number[],
  prefix: string,
  of: (task: number) => Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(
    tasks.flatMap((task) => Object.entries(of(task)).map(([name, entry]) => [`${prefix}${task}/${name}`, entry])),
  );
}
