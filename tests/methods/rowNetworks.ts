import { createRng } from '../../base/index.ts';
import {
  float32,
  int32,
  lossGradients,
  mlp,
  resnet18,
  resnet32,
  sizeOf,
  smallCnn,
  tf,
  type Arrays,
  type Engine,
  type Network,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';

export const outputs = 3;
/** One of every kind of layer, norm and head. */
export const networks: readonly Network[] = [
  mlp({ inputs: 10, hidden: [4], outputs, head: 'cosine' }),
  mlp({ inputs: 10, hidden: [4], outputs, bias: false }),
  smallCnn({ inputShape: [7, 5, 2], outputs, channels: [3, 4], hidden: 5 }),
  smallCnn({ inputShape: [4, 6, 1], outputs, channels: [3], hidden: 5, bias: false }),
  smallCnn({ inputShape: [4, 6, 1], outputs, channels: [3], hidden: 5, norm: 'batch' }),
  resnet18({ inputShape: [9, 8, 1], outputs, filters: 3, norm: 'batch', head: 'cosine' }),
  resnet18({ inputShape: [16, 16, 1], outputs, filters: 2, norm: 'group' }),
  resnet32({ inputShape: [8, 5, 2], outputs, filters: 2, norm: 'batch' }),
];
/** Noise around the usual start, and statistics on their way to those of other rows than the test's. */
export async function startOf(network: Network, cpu: Engine) {
  const rng = createRng('start');
  const parameters = Object.fromEntries(
    Object.entries(network.init(rng)).map(([name, values]) => [name, values.map((v) => v + 0.05 * rng.normal())]),
  );
  const [rows, size] = [8, sizeOf(network.inputShape)];
  const program = await cpu.compile(
    'settle',
    (given) => {
      let { statistics }: { statistics: Tensors } = given;
      const moved = (tensors: Tensors) => (statistics = tensors);
      for (let i = 0; i < 10; i++)
        network.apply(given.parameters, given.x as Tensor2D, { mode: 'train', statistics, moved });
      return { statistics };
    },
    { parameters: network.parameters, statistics: network.statistics, x: float32(rows, size) },
  );
  const x = Float32Array.from({ length: rows * size }, () => rng.normal());
  const { statistics } = await program.run({ parameters, statistics: network.initStatistics(), x });
  return { parameters, statistics: statistics as Arrays };
}

const logOfLabel = (logits: Tensor2D, y: Tensor1D): Tensor => tf.mul(tf.logSoftmax(logits), tf.oneHot(y, outputs));

/** A program that takes tfjs’s own gradient of Σ score of one row, in inference mode. @param score log softmax(z)[y] unless given */
export function singleRow(network: Network, engine: Engine, score = logOfLabel) {
  const { parameters, statistics } = network;
  return engine.compile(
    'row',
    (given) => {
      const { loss, gradients } = lossGradients((p) => {
        const logits = network.apply(p, given.x as Tensor2D, { mode: 'inference', statistics: given.statistics });
        return { loss: tf.sum(score(logits, given.y as Tensor1D)) };
      }, given.parameters);
      return { value: loss, gradients };
    },
    { parameters, statistics, x: float32(1, sizeOf(network.inputShape)), y: int32(1) },
  );
}

export const titleOf = ({ name, inputShape, options }: Network): string =>
  `${name} (${inputShape.join('×')}, ${String(options.norm)}, ${String(options.head)}${options.bias === false ? ', no biases' : ''})`;
