import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { adam, mlp, openEngine, resnet18, sgd, smallCnn, type Arrays } from '../../engine/index.ts';
import { drawHeldOut, partTask, putVisible } from '../../methods/shared/heldOut.ts';
import { connectionsOf, isActive, randomConnections } from '../../methods/shared/nispa/connections.ts';
import { firstPhase, goesBack, nextPhase } from '../../methods/shared/nispa/phases.ts';
import { rewire } from '../../methods/shared/nispa/rewiring.ts';
import { countActive } from '../../methods/shared/masks/topology.ts';
import { activityShare, mostActive, plasticUnits, withMostActive } from '../../methods/shared/nispa/stableUnits.ts';
import { allocateRows } from '../../methods/shared/rows.ts';
import { batchOf, createLearner, drive, eventsOfTask, taskOf } from './fixtures.ts';
import { driveEach, logitsOfTask, stateOf, threeTasks } from './isolated.ts';

/** How many weights masks leave active. */
const activeIn = (masks: Arrays): number =>
  Object.values(masks).reduce((sum, mask) => sum + countActive(mask as Float32Array), 0);

const engine = await openEngine('onnx');
afterAll(() => engine.dispose());

const stream = threeTasks('own');
const options = { sparsity: 0.4, phaseEpochs: 1, steps: 8, tolerance: 30, holdout: 0.2 };
const create = (more: Partial<Parameters<typeof createLearner>[1]> = {}) =>
  createLearner('nispa', { engine, stream, options, rate: 0.2, ...more });

interface Held {
  readonly trainer: { readonly parameters: Arrays };
  readonly plastic: { readonly masks: Arrays; readonly stable: Float32Array[] };
  readonly at: { readonly phase: number; readonly stopped: boolean };
}

describe('stable units', () => {
  test('are the smallest set of most active ones with the share, by hand', () => {
    expect(mostActive([1, 4, 3, 2], 0.5)).toEqual([1, 2]);
    expect(mostActive([1, 4, 3, 2], 0.41)).toEqual([1, 2]);
    expect(mostActive([1, 4, 3, 2], 0.4)).toEqual([1]);
    expect(mostActive([1, 4, 3, 2], 1)).toEqual([1, 2, 3, 0]);
    expect(mostActive([2, 2, 2], 0.3)).toEqual([0]);
    expect(mostActive([2, 2, 2], 0)).toEqual([]);
    expect(mostActive([0, 0], 0.9)).toEqual([]);
  });

  test('have the share ½(1 + cos(πt/k)) after phase t: 1, ½ in the middle, 0 from k on', () => {
    expect(activityShare(0, 30)).toBe(1);
    expect(activityShare(15, 30)).toBeCloseTo(0.5, 12);
    expect(activityShare(10, 30)).toBeCloseTo(0.75, 12);
    expect(activityShare(30, 30)).toBe(0);
    expect(activityShare(31, 30)).toBe(0);
  });

  test('of earlier tasks stay, inputs are, and outputs of the task join them', () => {
    const layers = connectionsOf('nispa', mlp({ inputs: 2, hidden: [3], outputs: 4 }));
    const first = withMostActive(plasticUnits(layers), [[5, 1, 1]], 0.5, [0, 1]);
    expect(first.map((units) => [...units])).toEqual([[1, 1], [1, 0, 0], [1, 1, 0, 0]]); // prettier-ignore
    const second = withMostActive(first, [[0, 1, 9]], 0.5, [2, 3]);
    expect(second.map((units) => [...units])).toEqual([[1, 1], [1, 0, 1], [1, 1, 1, 1]]); // prettier-ignore
  });
});

describe('phases', () => {
  const at = (phase: number, top: number, best: number) => ({ phase, top, best, seen: 0, stopped: false });
  test('a task goes back when accuracy falls by more than a_f below the best, not before the third phase', () => {
    expect(goesBack(at(3, 90, 95), { steps: 30, tolerance: 0.75 })).toBe(true);
    expect(goesBack(at(3, 94.5, 95), { steps: 30, tolerance: 0.75 })).toBe(false);
    expect(goesBack(at(2, 0, 95), { steps: 30, tolerance: 0.75 })).toBe(false);
  });
  test('and when p_t is 5 % or less: cos(πt/30) ≤ −0.9 from t = 26 on', () => {
    expect(goesBack(at(25, 95, 95), { steps: 30, tolerance: 100 })).toBe(false);
    expect(goesBack(at(26, 95, 95), { steps: 30, tolerance: 100 })).toBe(true);
  });
  test('the best of all phases is what counts', () => {
    expect(firstPhase()).toEqual(at(1, -1, -1));
    expect(nextPhase(at(3, 80, 95))).toEqual(at(4, -1, 95));
    expect(nextPhase(at(3, 96, 95))).toEqual(at(4, -1, 96));
  });
});

describe('rewiring', () => {
  const networks = [
    mlp({ inputs: 6, hidden: [8, 8], outputs: 6 }),
    smallCnn({ inputShape: [4, 4, 1], outputs: 6, channels: [4, 6], hidden: 8 }),
  ];
  test.each(networks.map((network) => [network.name, network] as const))(
    'of a %s leaves no connection from plastic to stable units and as many as before, each new one into a plastic unit',
    (_, network) => {
      const layers = connectionsOf('nispa', network);
      for (let seed = 0; seed < 20; seed++) {
        const rng = createRng(`rewire/${seed}`);
        const counts = Object.fromEntries(
          layers.map(({ weight, count, size }) => [weight, Math.round(0.4 * count) * size]),
        );
        const masks = randomConnections(layers, counts, rng);
        const before = Object.fromEntries(Object.entries(masks).map(([name, mask]) => [name, mask.slice()]));
        const stable = plasticUnits(layers).map((units) =>
          units.map((value) => (value === 1 || rng.uniform() < 0.4 ? 1 : 0)),
        );
        const { grown, lost } = rewire(layers, masks, stable, rng);
        expect(activeIn(masks) + lost).toBe(activeIn(before));
        for (const [l, layer] of layers.entries())
          for (let connection = 0; connection < layer.count; connection++) {
            const from = stable[l][layer.sourceOf(connection)];
            const to = stable[l + 1][layer.targetOf(connection)];
            const active = isActive(layer, masks[layer.weight], connection);
            expect(active && from === 0 && to === 1).toBe(false);
            // What leads into stable units from stable ones, and into plastic units, is kept.
            const was = isActive(layer, before[layer.weight], connection);
            expect(active).toBe((was && !(from === 0 && to === 1)) || grown[layer.weight].includes(connection));
            expect(to === 1 && grown[layer.weight].includes(connection)).toBe(false);
          }
      }
    },
  );
});

describe('held-out rows', () => {
  test('are a share of the task, and not trained on: the others weigh as a mean', () => {
    const task = taskOf(stream, 0);
    const heldOut = drawHeldOut(task, 0.25, createRng(1));
    expect(heldOut).toHaveLength(Math.round(0.25 * task.train.length));
    const { hidden, visible, unseen } = partTask(task, heldOut);
    expect(visible.length + unseen.length).toBe(task.train.length);
    const batch = batchOf(stream, 0, [visible[0], unseen[0], visible[1], visible[2]]);
    const rows = allocateRows(8, 16);
    expect(putVisible(rows, batch, hidden)).toBe(3);
    expect([...rows.weight.subarray(0, 5)].map((weight) => Math.round(1e6 * weight) / 1e6)).toEqual([0.333333, 0, 0.333333, 0.333333, 0]); // prettier-ignore
  });
});

const optimizers = {
  sgd: { optimizer: sgd(), rate: 0.2 },
  'momentum and weight decay': { optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }), rate: 0.05 },
  adam: { optimizer: adam(), rate: 0.02 },
};
const networks = {
  perceptron: () => mlp({ inputs: 16, hidden: [24, 24], outputs: stream.outputCount }),
  'network with batch norm': () =>
    smallCnn({ inputShape: [4, 4, 1], outputs: stream.outputCount, channels: [8, 8], hidden: 16, norm: 'batch' }),
};

describe.each(Object.entries(optimizers))('with %s', (_, training) => {
  test.each(Object.entries(networks))(
    'a %s answers old tasks to the bit as at their ends, at its density, with zeros elsewhere',
    async (__, networkOf) => {
      const learner = await create({ ...training, network: networkOf(), options: { ...options, sparsity: 0.75 } });
      const active = () => activeIn(stateOf<Held>(learner).plastic.masks);
      const atStart = active();
      const counts: number[] = [];
      const kept: Float32Array[] = [];
      for (const task of [0, 1, 2]) {
        await driveEach(learner, eventsOfTask(stream, task, { epochs: 4 }), () => {
          const { trainer, plastic } = stateOf<Held>(learner);
          for (const [name, mask] of Object.entries(plastic.masks))
            expect(trainer.parameters[name].every((value, i) => value === 0 || mask[i] === 1)).toBe(true);
        });
        counts.push(active());
        kept.push(await ownLogits(learner, task));
        for (let old = 0; old < task; old++) expect(await ownLogits(learner, old)).toEqual(kept[old]);
      }
      // In so small a network later tasks leave too few plastic units to connect, of which it warns; never more than at the start.
      expect(counts[0]).toBe(atStart);
      for (const count of counts) expect(count).toBeLessThanOrEqual(atStart);
    },
  );
});

/** The logits of a task's rows at its own outputs: those of later tasks are connected when these come. */
async function ownLogits(learner: Awaited<ReturnType<typeof create>>, task: number): Promise<Float32Array> {
  const logits = await logitsOfTask(engine, learner, stream, task);
  const own = new Set(stream.tasks[task].outputs);
  return logits.filter((_, i) => own.has(i % stream.outputCount));
}

test('a fall in accuracy takes the task back to the phase before, to the bit, and ends it', async () => {
  // A tolerance of 0 and steps that make nearly all plastic at once, so that accuracy falls.
  const learner = await create({ options: { ...options, tolerance: 0, steps: 3 }, optimizer: sgd(), rate: 0.3 });
  const events = eventsOfTask(stream, 0, { epochs: 8 });
  let before: Held | null = null;
  let previous: Held | null = null;
  let seen = false;
  await driveEach(learner, events.slice(0, -1), () => {
    const now = stateOf<Held>(learner);
    if (now.at.stopped && !seen) {
      seen = true;
      before = previous;
    }
    previous = now;
  });
  expect(seen).toBe(true);
  expect(before!.at.stopped).toBe(false);
  // From then on nothing moves.
  const after = stateOf<Held>(learner);
  await drive(learner, [events[1]]);
  expect(stateOf<Held>(learner).trainer.parameters).toEqual(after.trainer.parameters);
});

test('networks and streams in which units cannot be kept apart are refused, with advice', async () => {
  const image = { inputShape: [16, 16, 1] as const, outputs: 4 };
  expect(() => connectionsOf('nispa', resnet18(image))).toThrow(
    /is not a chain of layers.*choose --network mlp or cnn/,
  );
  expect(() => connectionsOf('nispa', mlp({ inputs: 4, hidden: [4], outputs: 4, head: 'cosine' }))).toThrow(
    'choose --head linear',
  );
  await expect(create({ stream: threeTasks('shared') })).rejects.toThrow(
    /tasks share output \d, which the first of them freezes/,
  );
});
