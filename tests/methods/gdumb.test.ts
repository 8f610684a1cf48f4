import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, mlp, openEngine, type Arrays } from '../../engine/index.ts';
import { clipNorm } from '../../methods/shared/clip.ts';
import { cutMix } from '../../methods/shared/cutMix.ts';
import { warmRestartRate } from '../../methods/shared/warmRestarts.ts';
import { findMethod, type Learner } from '../../methods/index.ts';
import {
  batchOf,
  blobStream,
  bytesOfState,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  largestDifference,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const create = (options: Record<string, unknown> = {}, more: object = {}) =>
  createLearner('gdumb', { engine: onnx, stream, options: { memory: 20, passes: 8, ...options }, ...more });

/** Calls `prepare` as an evaluation does; the parameters that it reads then. */
async function asked(learner: Learner): Promise<Arrays> {
  await learner.model.prepare!();
  return copyParameters(learner);
}

describe('the network', () => {
  test('is as it was drawn until rows have come and a prediction is asked for', async () => {
    const learner = await create();
    const { initial } = setupFor('gdumb', { engine: onnx, stream });
    expect(await asked(learner)).toEqual(initial);
    const stats = await drive(learner, eventsOfTask(stream, 0).slice(0, 3));
    expect(copyParameters(learner)).toEqual(initial);
    expect(stats).toEqual([
      { loss: 0, stored: 8 },
      { loss: 0, stored: 16 },
    ]);
    expect(learner.cost().flops).toBe(0);
    expect(largestDifference(await asked(learner), initial)).toBeGreaterThan(0.01);
    expect(learner.cost().flops).toBeGreaterThan(0);
  });

  test('is the same however often and whenever it was asked for', async () => {
    const [often, once] = [await create(), await create()];
    for (const event of eventsOf(stream)) {
      await drive(often, [event]);
      await asked(often);
      await asked(often);
    }
    await drive(once, eventsOf(stream));
    expect(await asked(often)).toEqual(await asked(once));
    expect(often.cost().flops).toBeGreaterThan(once.cost().flops!);
  });

  test('is not trained again while the buffer stays the same', async () => {
    const learner = await create();
    await drive(learner, eventsOf(stream));
    await asked(learner);
    const { flops } = learner.cost();
    // Four classes of five rows each fill the buffer: more rows of them are dropped.
    const dropped = batchOf(stream, 0, [0, 1, 2]);
    await learner.observe(dropped);
    await asked(learner);
    expect(learner.cost().flops).toBe(flops);
  });

  test('does not depend on what was trained before, nor on the run’s optimiser and learning rate', async () => {
    const [one, other] = [await create(), await create({}, { rate: 3 })];
    await drive(one, eventsOfTask(stream, 0));
    await asked(one);
    await drive(one, eventsOfTask(stream, 1));
    await drive(other, eventsOf(stream));
    expect(await asked(one)).toEqual(await asked(other));
  });

  test('is restored as it was trained, and trained again as it would have been', async () => {
    const learner = await create();
    await drive(learner, eventsOfTask(stream, 0));
    const first = await asked(learner);
    const state = copyState(learner.state());
    await drive(learner, eventsOfTask(stream, 1));
    const second = await asked(learner);
    const restored = await create({}, { seed: 9 });
    restored.restore(state);
    expect(await asked(restored)).toEqual(first);
    await drive(restored, eventsOfTask(stream, 1));
    expect(await asked(restored)).toEqual(second);
    expect(bytesOfState(restored.state())).toBe(bytesOfState(learner.state()));
  });
});

test('a linear network trained on two rows is what SGD written out in 64-bit floats makes of it', async () => {
  // One update of both rows a pass: their order does not matter. Two outputs, no hidden layer.
  const network = mlp({ inputs: 16, hidden: [], outputs: 4 });
  const passes = 5;
  const learner = await create({ memory: 4, passes }, { network });
  const batch = batchOf(stream, 0, [0, 1]);
  await learner.observe(batch);
  const parameters = await asked(learner);
  const { key } = copyState(learner.state()) as { key: string };
  const initial = network.init(createRng(`${key}/2`).fork('init'));
  // θ, v of weights [16, 4] and biases as rows 0 … 16.
  const theta = [...initial['output/weight'], ...initial['output/bias']].map(Number);
  const velocity = theta.map(() => 0);
  const rates = [0.005, 0.05, 0.05, 0.0005 + 0.02475, 0.05];
  for (const rate of rates) {
    const gradient = theta.map((value) => 1e-6 * value);
    for (let row = 0; row < 2; row++) {
      const x = [...batch.x.subarray(16 * row, 16 * (row + 1)), 1];
      const z = [0, 1, 2, 3].map((k) => x.reduce((sum, value, j) => sum + value * theta[4 * j + k], 0));
      const total = z.reduce((sum, value) => sum + Math.exp(value), 0);
      z.forEach((value, k) => {
        const excess = Math.exp(value) / total - (batch.y[row] === k ? 1 : 0);
        x.forEach((input, j) => (gradient[4 * j + k] += (excess * input) / 2));
      });
    }
    gradient.forEach((value, i) => {
      velocity[i] = 0.9 * velocity[i] + value;
      theta[i] -= rate * velocity[i];
    });
  }
  const found = [...parameters['output/weight'], ...parameters['output/bias']];
  found.forEach((value, i) => expect(Math.abs(value - theta[i])).toBeLessThan(1e-6));
});

describe('the learning rate of a pass', () => {
  test('is that of the released code: a tenth, then cosine cycles of 1, 2, 4, 8 passes (by hand)', () => {
    const rates = Array.from({ length: 9 }, (_, pass) => warmRestartRate(pass, 1, 0));
    const half = Math.SQRT1_2 / 2;
    [0.1, 1, 1, 0.5, 1, 0.5 + half, 0.5, 0.5 - half, 1].forEach((rate, i) => expect(rates[i]).toBeCloseTo(rate, 12));
  });

  test('stays between the lowest and the highest, and ends low after a power of two', () => {
    for (let pass = 1; pass < 256; pass++) {
      expect(warmRestartRate(pass, 0.05, 0.0005)).toBeLessThanOrEqual(0.05);
      expect(warmRestartRate(pass, 0.05, 0.0005)).toBeGreaterThan(0.0005);
    }
    expect(warmRestartRate(255, 0.05, 0.0005)).toBeLessThan(0.00051);
  });
});

test('gradients are scaled down to the largest norm, and left alone below it (by hand)', async () => {
  const program = await onnx.compile('clip', ({ g }) => clipNorm(g, 10), { g: { a: float32(2), b: float32(1) } });
  const clipped = async (a: number[], b: number) => {
    const result = await program.run({ g: { a: Float32Array.from(a), b: Float32Array.of(b) } });
    return [...result.a, ...result.b];
  };
  // Norms 15 and 5; (5, 10, 10)·10/15.
  (await clipped([5, 10], 10)).forEach((value, i) => expect(value).toBeCloseTo([10 / 3, 20 / 3, 20 / 3][i], 5));
  expect(await clipped([3, 0], 4)).toEqual([3, 0, 4]);
  expect(await clipped([0, 0], 0)).toEqual([0, 0, 0]);
});

describe('CutMix', () => {
  /** Every value of image n is n + 1, in 6 × 5 pixels of 2 channels. */
  const shape = [6, 5, 2] as const;
  const images = () => Float32Array.from({ length: 3 * 60 }, (_, i) => 1 + Math.floor(i / 60));

  test('puts one rectangle of the partner into each image, at the same place, and tells the share that is left', () => {
    let mixed = 0;
    for (let seed = 0; seed < 200; seed++) {
      const x = images();
      const { partners, share } = cutMix(x, 3, { shape }, createRng(seed));
      expect([...partners].toSorted()).toEqual([0, 1, 2]);
      const foreign = (image: number) =>
        Array.from({ length: 30 }, (_, pixel) => pixel).filter((pixel) => x[60 * image + 2 * pixel] !== image + 1);
      for (const [image, partner] of partners.entries()) {
        for (let i = 60 * image; i < 60 * (image + 1); i++) expect([image + 1, partner + 1]).toContain(x[i]);
        if (partner === image) continue;
        const pixels = foreign(image);
        expect(share).toBeCloseTo(1 - pixels.length / 30, 12);
        const [rows, columns] = [pixels.map((p) => Math.floor(p / 5)), pixels.map((p) => p % 5)].map(
          (all) => new Set(all),
        );
        // As many pixels as rows times columns: a rectangle without holes, if those are next to each other.
        expect(rows.size * columns.size).toBe(pixels.length);
        for (const side of pixels.length > 0 ? [rows, columns] : [])
          expect(Math.max(...side) - Math.min(...side) + 1).toBe(side.size);
        mixed += pixels.length > 0 ? 1 : 0;
      }
    }
    expect(mixed).toBeGreaterThan(100);
  });

  test('leaves rows beyond the batch alone, and cuts the share that is drawn where the piece fits (mean by hand)', () => {
    const x = images();
    cutMix(x, 2, { shape }, createRng(3));
    expect(x.slice(120)).toEqual(images().slice(120));
    // On a large image rounding vanishes: the mean of λ is ½, and a centre near the edge cuts the piece. With r = √(1 − λ), of density 2r,
    // a side keeps r − r²/4 of its length on average, so E(share) = 1 − E(r − r²/4)² = 1 − 2(1/4 − 1/10 + 1/96) = 0.679.
    const large = { shape: [300, 300, 1] as const };
    const pixels = new Float32Array(300 * 300);
    const shares = Array.from({ length: 4000 }, (_, seed) => cutMix(pixels, 1, large, createRng(seed)).share);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
    expect(Math.abs(mean - 0.679)).toBeLessThan(4 * Math.sqrt(variance / 4000) + 0.005);
  });

  test('is on for colour images only, unless the option says otherwise', async () => {
    const trained = async (cutmix?: number | null) => {
      const learner = await create(cutmix === undefined ? {} : { cutmix });
      await drive(learner, eventsOfTask(stream, 0));
      return asked(learner);
    };
    expect(await trained()).toEqual(await trained(0));
    expect(await trained(null)).toEqual(await trained(0));
    expect(largestDifference(await trained(1), await trained(0))).toBeGreaterThan(1e-3);
  });

  test('is refused where there are no images', () => {
    const method = findMethod('gdumb');
    const facts = {
      scenario: 'class',
      images: false,
      outputCount: 4,
      taskCount: 2,
      outputsPerTask: 2,
      batch: 8,
    } as const;
    const check = (cutmix: number) => () => method.check(method.parseOptions({ cutmix }), facts);
    expect(check(0.5)).toThrow(
      'method gdumb: cutmix: is for images, and the inputs are rows of a table; leave it out or 0',
    );
    expect(check(0)).not.toThrow();
  });
});

test('it needs a slot for each class, and holds its buffer', async () => {
  await expect(create({ memory: 3 })).rejects.toThrow('(at least 4)');
  expect((await create({ memory: 30 })).cost().extraBytes).toBe(30 * (16 + 3) * 4);
});
