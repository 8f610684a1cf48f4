import type { Arrays, Network, Tensor } from '../../../engine/index.ts';
import type { StreamInfo } from '../../contract.ts';
import type { Moved } from '../frozen.ts';

/** The output layer as a head for each task: the columns of its outputs, and a copy of the layer where tasks have outputs in common. */
export interface TaskHeads {
  /** Name of the output layer. */
  readonly layer: string;
  /** Parameters of the output layer that tasks cannot share, and each has to keep for itself. */
  readonly own: readonly string[];
  /** `[outputCount]`, 1 for outputs of a task. */
  outputsOf(task: number): Float32Array;
  /** Starts the head of a task from the initial values, where an earlier task has written over them. */
  begin(task: number, parameters: Arrays): void;
  /** What of a parameter of the output layer a task moves; undefined for parameters of other layers. @param outputs its outputs, `[outputCount]` */
  moved(name: string, outputs: Tensor): Moved | undefined;
}

export function createTaskHeads({ layers, parameters }: Network, stream: StreamInfo, initial: Arrays): TaskHeads {
  const { taskOutputs, outputCount } = stream;
  const head = layers.at(-1)!.name;
  const names = Object.keys(parameters).filter((name) => name.startsWith(`${head}/`));
  // The others, such as the scale of a cosine head, belong to all outputs.
  const byColumn = new Set([`${head}/weight`, `${head}/bias`]);
  const inCommon = new Set(taskOutputs.flat()).size < taskOutputs.flat().length;
  const outputsOf = (task: number): Float32Array =>
    Float32Array.from({ length: outputCount }, (_, output) => Number(taskOutputs[task].includes(output)));
  return {
    layer: head,
    own: names.filter((name) => inCommon || !byColumn.has(name)),
    outputsOf,
    begin(task, values) {
      const earlier = new Set(taskOutputs.slice(0, task).flat());
      const used = new Set(taskOutputs[task].filter((output) => earlier.has(output)));
      for (const name of names)
        for (let i = 0; i < values[name].length; i++)
          if (byColumn.has(name) ? used.has(i % outputCount) : task > 0) values[name][i] = initial[name][i];
    },
    moved: (name, outputs) => {
      if (!name.startsWith(`${head}/`)) return undefined;
      return byColumn.has(name) ? outputs : true;
    },
  };
}
