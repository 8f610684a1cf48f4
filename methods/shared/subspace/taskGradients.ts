import { lossGradients, mapTensors, tf, type Arrays, type Network, type WeightLayer } from '../../../engine/index.ts';
import type { LearnerTask, Setup } from '../../contract.ts';
import { crossEntropy } from '../classifier.ts';
import { allocateRows, asRows, rowSpecs } from '../rows.ts';
import type { Trainer } from '../trainer.ts';
import { zeros, type Matrix } from './matrix.ts';
import { inputSizeOf } from './representations.ts';

/** Gradients of the loss on some training rows of a task with respect to the weights of layers, `[outputs, inputs]` each. */
export type TaskGradients = (
  task: LearnerTask,
  selected: Int32Array,
  parameters: Arrays,
) => Promise<Record<string, Matrix>>;

const chunk = 50;

/** Compiles a pass for the gradient of the mean cross-entropy, in inference mode. */
export async function createTaskGradients(
  { engine, network, stream }: Setup,
  trainer: Trainer,
  layers: readonly WeightLayer[],
): Promise<TaskGradients> {
  // A program needs results.
  if (layers.length === 0) return async () => ({});
  const { classifier } = trainer;
  const weights = Object.fromEntries(
    layers.map(({ name }) => [`${name}/weight`, network.parameters[`${name}/weight`]] as const),
  );
  const { parameters: specs, statistics } = network;
  const program = await engine.compile(
    'task-gradients',
    ({ model, rows, sum }) => {
      const given = asRows(rows);
      const pass = { mode: 'inference', statistics: model.statistics } as const;
      const { gradients } = lossGradients(
        (p) => {
          const logits = classifier.logits({ ...model.parameters, ...p }, given, pass);
          return { loss: crossEntropy(classifier.compete(logits, given.task), given.y, given.weight) };
        },
        mapTensors(sum, (_, name) => model.parameters[name]),
      );
      return { sum: mapTensors(sum, (tensor, name) => tf.add(tensor, gradients[name])) };
    },
    { model: { parameters: specs, statistics }, rows: rowSpecs(chunk, stream.inputSize), sum: weights },
  );

  return async (task, selected, parameters) => {
    const rows = allocateRows(chunk, stream.inputSize);
    rows.task.fill(task.index);
    const model = { parameters, statistics: trainer.statistics };
    let sum: Arrays = Object.fromEntries(
      Object.keys(weights).map((name) => [name, new Float32Array(parameters[name].length)]),
    );
    for (let start = 0; start < selected.length; start += chunk) {
      const part = selected.subarray(start, start + chunk);
      task.train.read(part, rows.x);
      part.forEach((row, i) => (rows.y[i] = task.train.labels[row]));
      rows.weight.fill(0).fill(1 / selected.length, 0, part.length);
      ({ sum } = await program.run({ model, rows, sum }));
      trainer.addFlops(program.flops);
    }
    return Object.fromEntries(layers.map((layer) => [layer.name, filtersOf(layer, sum[`${layer.name}/weight`])]));
  };
}

/** A weight as one filter an output, `[outputs, inputs]`: that of a linear layer is stored the other way round. */
export function filtersOf(layer: WeightLayer, weight: ArrayLike<number>): Matrix {
  const filters = zeros(layer.outputs, inputSizeOf(layer));
  const { rows, columns, values } = filters;
  if (layer.kind === 'conv') values.set(weight);
  else
    for (let i = 0; i < columns; i++)
      for (let out = 0; out < rows; out++) values[out * columns + i] = weight[i * rows + out];
  return filters;
}

/** The parameters of a network that are weights of layers, by layer. */
export function layerOf({ layers }: Network, name: string): WeightLayer {
  return layers.find((layer) => layer.name === name)!;
}
