import type { Rng } from '../../../base/index.ts';
import {
  float32,
  patches,
  tf,
  type Arrays,
  type Network,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  type Tensors,
  type WeightLayer,
} from '../../../engine/index.ts';
import type { LearnerTask, Setup } from '../../contract.ts';
import type { Trainer } from '../trainer.ts';
import type { Matrix } from './matrix.ts';

/** Numbers in one input of a layer: what a weight's row (linear) or filter (convolution) is multiplied with. */
export function inputSizeOf({ inputs, kernel = [1, 1] }: WeightLayer): number {
  return inputs * kernel[0] * kernel[1];
}

/** Rows handled by one run of the program. Of convolutions each has many windows. */
const chunks = { linear: 100, conv: 10 };

/** What layers of a network read, on training rows of a task. */
export type Representations = (
  task: LearnerTask,
  selected: Int32Array,
  parameters: Arrays,
) => Promise<Record<string, Matrix>>;

/**
 * Compiles a pass that collects the inputs of layers, in inference mode, one a row: for a convolution what lies in its window, in the order of its
 * filter (channels, then the window's rows and columns). Of the windows of an image it takes as many as
 * `windows` asks for, or all if there are fewer.
 * @param windows most windows of a convolution over all rows of a call
 */
export async function createRepresentations(
  { engine, network, stream }: Setup,
  trainer: Trainer,
  layers: readonly WeightLayer[],
  { samples, windows }: { readonly samples: number; readonly windows: number },
  rng: Rng,
): Promise<Representations> {
  // A program needs results.
  if (layers.length === 0) return async () => ({});
  const chunk = Math.min(samples, network.layers.some(({ kind }) => kind === 'conv') ? chunks.conv : chunks.linear);
  const perRow = Math.max(1, Math.round(windows / samples));
  const program = await engine.compile(
    'representations',
    ({ model, x, places }) => ({ seen: inputsOf(network, layers, model, x as Tensor2D, places as Tensor2D) }),
    {
      model: { parameters: network.parameters, statistics: network.statistics },
      x: float32(chunk, stream.inputSize),
      places: float32(chunk, perRow),
    },
  );

  return async (task, selected, parameters) => {
    const x = new Float32Array(chunk * stream.inputSize);
    const places = new Float32Array(chunk * perRow);
    const model = { parameters, statistics: trainer.statistics };
    const found: Record<string, Float64Array> = {};
    for (let start = 0; start < selected.length; start += chunk) {
      const part = selected.subarray(start, start + chunk);
      task.train.read(part, x);
      for (let i = 0; i < places.length; i++) places[i] = rng.uniform();
      const { seen } = await program.run({ model, x, places });
      trainer.addFlops(program.flops);
      for (const [name, values] of Object.entries(seen)) {
        const perSample = values.length / chunk;
        found[name] ??= new Float64Array(selected.length * perSample);
        found[name].set(values.subarray(0, part.length * perSample), start * perSample);
      }
    }
    return Object.fromEntries(
      layers.map((layer) => {
        const columns = inputSizeOf(layer);
        const values = found[layer.name];
        return [layer.name, { rows: values.length / columns, columns, values }];
      }),
    );
  };
}

/** `[rows·windows, size]` for every layer. @param places `[rows, windows]`, in [0, 1): where on the map the windows lie */
function inputsOf(
  network: Network,
  layers: readonly WeightLayer[],
  { parameters, statistics }: { readonly parameters: Tensors; readonly statistics: Tensors },
  x: Tensor2D,
  places: Tensor2D,
): Tensors {
  const seen: Tensors = {};
  const note = <M extends Tensor>(name: string, input: M, output: M): M => {
    const layer = layers.find((each) => each.name === name);
    if (layer) seen[name] = layer.kind === 'conv' ? windowsOf(layer, input as unknown as Tensor4D, places) : input;
    return output;
  };
  network.apply(parameters, x, { mode: 'inference', statistics, tap: note, mapTap: note });
  return seen;
}

function windowsOf({ kernel = [1, 1], stride = 1, inputs }: WeightLayer, maps: Tensor4D, places: Tensor2D): Tensor2D {
  const all = patches(maps, kernel, stride);
  const [rows, height, width, size] = all.shape;
  const area = height * width;
  const flat: Tensor2D = tf.reshape(all, [rows * area, size]);
  const firsts = tf.tensor2d(Array.from({ length: rows }, (_, row) => [row * area]));
  const taken =
    places.shape[1] >= area
      ? flat
      : tf.gather(flat, tf.reshape(tf.cast(tf.add(tf.floor(tf.mul(places, area)), firsts), 'int32'), [-1]));
  const window = kernel[0] * kernel[1];
  return tf.reshape(tf.transpose(tf.reshape(taken, [-1, window, inputs]), [0, 2, 1]), [-1, size]);
}
