import { adam, mlp, sgd, type Arrays, type Engine } from '../../engine/index.ts';
import { findMethod, type Learner } from '../../methods/index.ts';
import { batchOf, blobStream, copyState, drive, eventsOfTask, setupFor, type LearnerConditions } from './fixtures.ts';

export const stream = blobStream('split', 'task', 3);
/** Two epochs of batches of 8: 12 updates a task. */
export const epochs = { epochs: 2 };
export const perTask = eventsOfTask(stream, 0, epochs).length - 2;
export const updates = stream.tasks.map(() => perTask);
export const network = mlp({ inputs: 16, hidden: [12, 10], outputs: 6 });
export const names = network.layers.map(({ name }) => `${name}/weight`);
export const optimizers = {
  sgd: { optimizer: sgd(), rate: 0.3 },
  momentum: { optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }), rate: 0.05 },
  adam: { optimizer: adam(), rate: 0.02 },
};
export const base = { sparsity: 0.6, interval: 3 };

/** A learner that is told how many updates a task has, as the harness tells it. */
export async function create(
  engine: Engine,
  options: Record<string, unknown> = {},
  more: Partial<LearnerConditions> = {},
) {
  const conditions = { engine, stream, network, options: { ...base, ...options }, ...optimizers.adam, ...more };
  const setup = setupFor('dst', conditions);
  const warnings: string[] = [];
  const training = { ...setup.training, updates };
  const learner = await findMethod('dst').create({ ...setup, training, warn: (message) => warnings.push(message) });
  return Object.assign(learner, { warnings });
}

export interface Snapshot {
  readonly masks: Arrays;
  readonly parameters: Arrays;
  readonly optimizer: Arrays;
  readonly tracked: Arrays;
}
export const snapshot = (learner: Learner): Snapshot => {
  const { trainer, topology } = copyState(learner.state()) as unknown as {
    trainer: Omit<Snapshot, 'masks'>;
    topology: { masks: Arrays };
  };
  return { masks: topology.masks, ...trainer };
};
export const activeIn = (mask: ArrayLike<number>): number[] =>
  Array.from(mask, (_, i) => i).filter((i) => mask[i] === 1);
export const blank = (): Record<string, Float32Array> =>
  Object.fromEntries(names.map((name) => [name, new Float32Array(sizeIn(name))]));
export const sizeIn = (name: string): number => network.parameters[name].shape.reduce((size, n) => size * n, 1);
/** The numbers at some places of a weight, and of all optimiser state that belongs to them. */
export const valuesAt = ({ parameters, optimizer }: Snapshot, name: string, places: readonly number[]): number[][] =>
  Object.entries({ ...optimizer, [`parameter ${name}`]: parameters[name] })
    .filter(([key]) => key === name || key.startsWith(`${name}/`) || key.startsWith('parameter'))
    .map(([, values]) => places.map((i) => values[i]));

/** Calls `look` before and after every update, with what tasks before the one at hand own, kept by the masks at the end of each. */
export async function follow(
  learner: Learner,
  look: (seen: {
    task: number;
    t: number;
    before: Snapshot;
    after: Snapshot;
    owned: Record<string, Float32Array>;
    loss: number;
    batch: ReturnType<typeof batchOf>;
  }) => void | Promise<void>,
): Promise<void> {
  const owned = blank();
  for (let task = 0; task < stream.tasks.length; task++) {
    let t = 0;
    for (const event of eventsOfTask(stream, task, epochs)) {
      const before = snapshot(learner);
      const [stats] = await drive(learner, [event]);
      if (event.verb !== 'observe') continue;
      await look({ task, t: ++t, before, after: snapshot(learner), owned, loss: stats.loss, batch: event.batch });
    }
    for (const [name, mask] of Object.entries(snapshot(learner).masks))
      for (const i of activeIn(mask)) owned[name][i] = 1;
  }
}
