import type { Arrays, Engine, Network, Tensor2D } from '../../engine/index.ts';
import type { LearnerTask } from '../../methods/index.ts';
import type { Matrix } from '../../methods/shared/subspace/matrix.ts';

export const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: rows[0].length,
  values: Float64Array.from(rows.flat()),
});

export const diagonal = (...values: number[]): Matrix =>
  matrix(values.map((value, i) => values.map((_, j) => (i === j ? value : 0))));

/** A task of which only some rows are there to be remembered. */
export function few(task: LearnerTask, rows: readonly number[]): LearnerTask {
  const { train } = task;
  return {
    ...task,
    train: {
      length: rows.length,
      labels: Int32Array.from(rows, (row) => train.labels[row]),
      ids: Int32Array.from(rows, (row) => train.ids[row]),
      read: (wanted, out) =>
        train.read(
          Array.from(wanted, (i) => rows[i]),
          out,
        ),
    },
  };
}

/** What every layer makes of some rows, in inference mode: outputs of linear layers, and maps of convolutions. */
export async function outputsOf(
  engine: Engine,
  network: Network,
  parameters: Arrays,
  x: Float32Array,
): Promise<Arrays> {
  const { parameters: specs, statistics } = network;
  const rows = x.length / network.inputShape.reduce((product, extent) => product * extent, 1);
  const program = await engine.compile(
    'outputs',
    (given) => {
      const seen: Record<string, Tensor2D> = {};
      const note = (name: string, _: unknown, output: unknown) => {
        seen[name] = output as Tensor2D;
        return output as never;
      };
      const pass = { mode: 'inference', statistics: given.parameters, tap: note, mapTap: note } as const;
      network.apply(given.parameters, given.x as Tensor2D, pass);
      return seen;
    },
    { parameters: { ...specs, ...statistics }, x: { shape: [rows, x.length / rows], dtype: 'float32' } },
  );
  return program.run({ parameters, x });
}
