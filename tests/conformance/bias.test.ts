import { afterAll, describe, expect, test } from 'vitest';
import { mlp, openEngine } from '../../engine/index.ts';
import { methods } from '../../methods/index.ts';
import {
  blobStream,
  bytesOfState,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOfTask,
} from '../methods/fixtures.ts';
import { brisk, held } from './brisk.ts';

const engine = await openEngine('onnx');
afterAll(() => engine.dispose());

const network = mlp({ inputs: 16, hidden: [12], outputs: 4, bias: false });

describe.each(methods.map(({ name, scenarios }) => [name, scenarios[0]] as const))(
  'method %s on layers without biases',
  (name, scenario) => {
    // Four outputs in either scenario.
    const stream = blobStream('split', scenario);
    const create = (seed = 1) =>
      createLearner(name, { engine, stream, network, options: brisk[name] ?? {}, rate: 0.1, seed });

    test('moves every weight that it trains, and goes on from its state identically to the bit', async () => {
      const events = stream.tasks.flatMap((_, index) => eventsOfTask(stream, index));
      const learner = await create();
      const before = copyParameters(learner);
      const stats = await drive(learner, events.slice(0, 7));
      const state = copyState(learner.state());
      stats.push(...(await drive(learner, events.slice(7))));
      await learner.model.prepare?.();
      const after = Object.entries(copyParameters(learner)).filter(([key]) => key in network.parameters);
      expect(after.map(([key]) => key)).toEqual(['hidden1/weight', 'output/weight']);
      const still = after.filter(([key, values]) => values.every((value, i) => value === before[key][i]));
      expect(still.map(([key]) => key)).toEqual(held[name]?.filter((key) => key in network.parameters) ?? []);

      const restored = await create(2);
      restored.restore(state);
      const rest = await drive(restored, events.slice(7));
      expect(rest).toEqual(stats.slice(-rest.length));
      await restored.model.prepare?.();
      expect(bytesOfState(restored.state())).toBe(bytesOfState(learner.state()));
    });
  },
);
