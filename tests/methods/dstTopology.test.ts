import { afterAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../engine/index.ts';
import { batchGradient } from './backprop.ts';
import * as dst from './dstFixtures.ts';
import {
  activeIn,
  blank,
  epochs,
  follow,
  names,
  network,
  optimizers,
  perTask,
  snapshot,
  sizeIn,
  stream,
} from './dstFixtures.ts';
import { drive, eventsOf, eventsOfTask } from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const create = (options?: Record<string, unknown>, more?: Parameters<typeof dst.create>[2]) =>
  dst.create(onnx, options, more);

describe('a topology update', () => {
  test('replaces (α/2)(1 + cos πt/T) of the weights at multiples of the interval, and none at the end of a task', async () => {
    const learner = await create({ interval: 2 });
    await follow(learner, ({ t, before, after }) => {
      for (const name of names) {
        const grown = activeIn(after.masks[name]).filter((i) => before.masks[name][i] === 0).length;
        const active = activeIn(before.masks[name]).length;
        const open = name === 'output/weight' ? 20 : sizeIn(name);
        // 12 updates a task: 2, 4, 6, 8, 10 have a share of 0.47, 0.375, 0.25, 0.125, 0.03.
        const share = t % 2 === 0 && t < 12 ? 0.25 * (1 + Math.cos((Math.PI * t) / 12)) : 0;
        expect(grown).toBe(Math.min(Math.floor(share * active), open - active));
      }
    });
  });

  test('takes the smallest weights, whoever owns them', async () => {
    const learner = await create();
    let owners = 0;
    await follow(learner, ({ before, after, owned }) => {
      for (const name of names) {
        const active = activeIn(before.masks[name]);
        const dropped = active.filter((i) => after.masks[name][i] === 0);
        const kept = active.filter((i) => after.masks[name][i] === 1);
        // A dropped weight is zero by now; an owned one is what it was.
        const size = (i: number): number => Math.abs(after.parameters[name][i]);
        const droppedOwned = dropped.filter((i) => owned[name][i] === 1);
        owners += droppedOwned.length;
        expect(Math.max(0, ...droppedOwned.map(size))).toBeLessThanOrEqual(Math.min(...kept.map(size)));
      }
    });
    expect(owners).toBeGreaterThan(5);
  });

  test('grows unfired weights where none was active in the task, before all others', async () => {
    const learner = await create({ growth: 'unfired', interval: 1, sparsity: 0.7 });
    let used = blank();
    let [fresh, again] = [0, 0];
    await follow(learner, ({ t, before, after }) => {
      if (t === 1) used = Object.fromEntries(names.map((name) => [name, Float32Array.from(before.masks[name])]));
      for (const name of names) {
        const grown = activeIn(after.masks[name]).filter((i) => before.masks[name][i] === 0);
        const open = (i: number): boolean => name !== 'output/weight' || activeIn(before.masks[name]).some((j) => Math.floor((j % 6) / 2) === Math.floor((i % 6) / 2)); // prettier-ignore
        const never = Array.from(used[name], (_, i) => i).filter((i) => used[name][i] === 0 && open(i));
        const taken = grown.filter((i) => used[name][i] === 0);
        expect(taken).toHaveLength(Math.min(grown.length, never.length));
        fresh += taken.length;
        again += grown.length - taken.length;
        for (const i of grown) used[name][i] = 1;
      }
    });
    expect(fresh).toBeGreaterThan(20);
    expect(again).toBeGreaterThan(20);
  });

  /** Whether what grew has the largest scores of all that was inactive and open. */
  const expectLargest = (
    grown: readonly number[],
    candidates: readonly number[],
    score: (i: number) => number,
  ): void => {
    const rest = candidates.filter((i) => !grown.includes(i)).map(score);
    expect(Math.min(...grown.map(score))).toBeGreaterThanOrEqual(Math.max(...rest) - 1e-6);
  };
  const openTo = (task: number, name: string, i: number): boolean =>
    name !== 'output/weight' || Math.floor((i % 6) / 2) === task;

  test('grows at the largest gradients by the weights in use, those of other tasks being zero (back-propagation written out)', async () => {
    const learner = await create({ growth: 'gradient' });
    let onOwned = 0;
    await follow(learner, ({ task, t, before, after, owned, batch }) => {
      if (t % 3 !== 0 || t === perTask) return;
      const used = { ...before.parameters };
      for (const name of names)
        used[name] = before.parameters[name].map((value, i) => value * before.masks[name][i]) as Float32Array;
      const gradient = batchGradient(network, used, batch, stream.tasks[task].outputs);
      for (const name of names) {
        const grown = activeIn(after.masks[name]).filter((i) => before.masks[name][i] === 0);
        const candidates = Array.from(owned[name], (_, i) => i).filter(
          (i) => before.masks[name][i] === 0 && openTo(task, name, i),
        );
        if (grown.length > 0) expectLargest(grown, candidates, (i) => Math.abs(gradient[name][i]));
        onOwned += grown.filter((i) => owned[name][i] === 1).length;
      }
    });
    expect(onOwned).toBeGreaterThan(5);
  });

  test.each(Object.entries(optimizers))(
    'grows at the largest running means of gradients, inactive weights’ included, whatever the optimiser: %s',
    async (_, training) => {
      const learner = await create({ growth: 'momentum', growthMomentum: 0.8, drop: 'taylor' }, training);
      let mean: Record<string, Float64Array> = {};
      await follow(learner, ({ task, t, before, after, batch }) => {
        if (t === 1) mean = Object.fromEntries(names.map((name) => [name, new Float64Array(sizeIn(name))]));
        const used = { ...before.parameters };
        for (const name of names)
          used[name] = before.parameters[name].map((value, i) => value * before.masks[name][i]) as Float32Array;
        const gradient = batchGradient(network, used, batch, stream.tasks[task].outputs);
        for (const name of names) {
          mean[name] = mean[name].map((value, i) => 0.8 * value + 0.2 * gradient[name][i]);
          after.tracked[name].forEach((value, i) => expect(Math.abs(value - mean[name][i])).toBeLessThan(1e-5));
          const grown = activeIn(after.masks[name]).filter((i) => before.masks[name][i] === 0);
          const candidates = Array.from(mean[name], (_value, i) => i).filter(
            (i) => before.masks[name][i] === 0 && openTo(task, name, i),
          );
          if (grown.length > 0) expectLargest(grown, candidates, (i) => Math.abs(mean[name][i]));
        }
      });
    },
  );

  test('grows on free places only, where it is told to', async () => {
    const learner = await create({ growOn: 'free' });
    let grownAtAll = 0;
    await follow(learner, ({ task, before, after, owned }) => {
      for (const name of names)
        for (const i of activeIn(after.masks[name])) {
          if (before.masks[name][i] === 1) continue;
          expect(owned[name][i]).toBe(0);
          if (task > 0) grownAtAll++;
        }
    });
    expect(grownAtAll).toBeGreaterThan(20);
  });

  test('changes its growth after so many tasks', async () => {
    const switching = (growthSwitch: number) => create({ growth: 'random', growthLater: 'gradient', growthSwitch });
    const [once, never, random, gradient] = [
      await switching(0),
      await switching(3),
      await create({ growth: 'random' }),
      await create({ growth: 'gradient' }),
    ];
    for (const each of [once, never, random, gradient]) await drive(each, eventsOf(stream, epochs));
    expect(snapshot(once)).toEqual(snapshot(gradient));
    expect(snapshot(never)).toEqual(snapshot(random));
    const later = await switching(1);
    await drive(later, eventsOfTask(stream, 0, epochs));
    const first = await create({ growth: 'random' });
    await drive(first, eventsOfTask(stream, 0, epochs));
    expect(snapshot(later)).toEqual(snapshot(first));
    // Growth by gradient looks at all of it, at a topology update.
    for (const each of [later, first]) await drive(each, eventsOfTask(stream, 1, epochs).slice(0, 4));
    expect(snapshot(later).masks).not.toEqual(snapshot(first).masks);
  });
});
