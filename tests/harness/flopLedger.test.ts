import { describe, expect, test } from 'vitest';
import { analyze, resnet18, type Engine, type Program } from '../../engine/index.ts';
import { chargedBackwards, forwardFlopsPerRow, layerCost, withBackwards } from '../../harness/flopAccounts.ts';
import {
  createFlopLedger,
  metered,
  meteredEngine,
  meteredModel,
  sparseSum,
  type FlopLedger,
  type LayerFlops,
  type MeteredProgram,
} from '../../harness/flopLedger.ts';
import type { Model, Sparsity } from '../../methods/index.ts';
import { blobStream, createLearner } from '../methods/fixtures.ts';

/** Operations of the layers of a small network for one row on the way forward. */
const layers = { 'hidden1/weight': 1000, 'hidden2/weight': 600, 'output/weight': 40 };

/** A training step on so many rows, all three products of each layer taking as much. */
function step(rows: number): Pick<Program, 'flops' | 'products'> {
  const products = Object.entries(layers).flatMap(([name, flops]) =>
    (['forward', 'input-gradient', 'weight-gradient'] as const).map((role) => ({
      weight: `parameters/${name}`,
      role,
      flops: rows * flops,
    })),
  );
  return { flops: 10_000 * rows, products };
}

const total = (sums: LayerFlops): number => sums.forward + sums.inputGradient + sums.weightGradient;

/** Books one run of a program at some sparsity. */
function addAs(ledger: FlopLedger, program: Parameters<typeof metered>[0], sparsity: Sparsity | undefined): void {
  ledger.follow(() => sparsity);
  ledger.add(metered(program));
}

describe('the ledger', () => {
  test('multiplies each product with the density of its layer, by hand', () => {
    const ledger = createFlopLedger();
    const weights = { 'hidden1/weight': 0.1, 'hidden2/weight': 0.5 };
    addAs(ledger, step(3), { weights });
    addAs(ledger, step(2), { weights, gradients: { 'hidden1/weight': 1 } });
    addAs(ledger, step(1), undefined);
    expect(ledger.total).toBe(60_000);
    expect(ledger.layers).toEqual({ forward: 9840, inputGradient: 9840, weightGradient: 9840 });
    // 0.1·1000 + 0.5·600 + 40 = 440 for a row, and with whole gradients of the first layer 1340.
    expect(ledger.sparse).toEqual({
      forward: 5 * 440 + 1640,
      inputGradient: 5 * 440 + 1640,
      weightGradient: 3 * 440 + 2 * 1340 + 1640,
    });
  });

  test('finds a layer by its name behind any groups, and not behind another name', () => {
    const program = metered({
      flops: 0,
      products: ['output/weight', 'parameters/output/weight', 'inputs/teacher/output/weight', 'my-output/weight'].map(
        (weight) => ({ weight, role: 'forward', flops: 8 }),
      ),
    });
    expect(sparseSum(program, { weights: { 'output/weight': 0.25 } }).forward).toBe(2 + 2 + 2 + 8);
  });

  test('tells nothing once something could not be counted', () => {
    const ledger = createFlopLedger();
    ledger.add(metered(step(1)));
    ledger.add(metered({ flops: null, products: null }));
    ledger.add(metered(step(1)));
    expect([ledger.total, ledger.layers, ledger.sparse]).toEqual([null, null, null]);
  });

  test('goes on from its state, and tells nothing of a run whose beginning was not booked', () => {
    const [one, other, late] = [createFlopLedger(), createFlopLedger(), createFlopLedger()];
    addAs(one, step(3), { weights: { 'hidden1/weight': 1 / 3 } });
    other.restore(structuredClone(one.state()));
    for (const ledger of [one, other]) addAs(ledger, step(1), undefined);
    expect(other.state()).toEqual(one.state());
    late.restore(null);
    late.add(metered(step(1)));
    expect([late.total, late.layers, late.sparse]).toEqual([null, null, null]);
    const accounts = { ledger: late, presented: 1, perRow: 1, inference: [] };
    expect(layerCost(accounts, {})).toBeNull();
  });

  test('books what prepares predictions only where it trains', async () => {
    const ledger = createFlopLedger();
    const forward = { flops: 5, products: [{ weight: 'output/weight', role: 'forward', flops: 5 }] } as const;
    const model = meteredModel(
      {
        async prepare() {
          ledger.add(metered(forward));
          ledger.add(metered(step(1)));
        },
      } as Model,
      ledger,
    );
    await model.prepare!();
    expect(ledger.total).toBe(10_000);
    ledger.add(metered(forward));
    expect(ledger.total).toBe(10_005);
  });

  test('asks for the density at every run, before it', async () => {
    const ledger = createFlopLedger();
    let density = 0.5;
    const program = { ...step(1), run: async () => ({ after: (density /= 2) }) };
    const engine = { compile: async () => program } as unknown as Engine;
    ledger.follow(() => ({ weights: { 'hidden1/weight': density } }));
    const compiled = await meteredEngine(engine, ledger).compile('step', () => ({}), {});
    await compiled.run({});
    await compiled.run({});
    expect(ledger.sparse!.forward).toBe(0.5 * 1000 + 0.25 * 1000 + 2 * 640);
  });
});

/** Conventions of RigL (arXiv:1911.11134, appendix H): operations of training for one sample, from those of a forward pass, sparse and dense. */
describe('RigL’s convention for one sample', () => {
  const density = { 'hidden1/weight': 0.1, 'hidden2/weight': 0.3, 'output/weight': 1 };
  const dense = 1640;
  const sparse = 0.1 * 1000 + 0.3 * 600 + 40;
  const whole = Object.fromEntries(Object.keys(layers).map((name) => [name, 1]));
  /** Mean over steps on 5 rows each. */
  const meanOf = (steps: readonly (Sparsity | undefined)[]): number => {
    const ledger = createFlopLedger();
    for (const sparsity of steps) addAs(ledger, step(5), sparsity);
    return total(ledger.sparse!) / (5 * steps.length);
  };

  test('dense training: 3·f_D', () => {
    expect(meanOf([undefined])).toBe(3 * dense);
  });

  test('static masks and SET: 3·f_S', () => {
    expect(meanOf([{ weights: density }])).toBeCloseTo(3 * sparse, 9);
  });

  test('SNFS: 2·f_S + f_D, since momentum takes the whole gradient at every step', () => {
    expect(meanOf([{ weights: density, gradients: whole }])).toBeCloseTo(2 * sparse + dense, 9);
  });

  test('RigL: (3·f_S·ΔT + 2·f_S + f_D)/(ΔT + 1), since every ΔT steps one takes the whole gradient', () => {
    const interval = 9;
    const steps = Array.from({ length: interval + 1 }, (_, i) => ({
      weights: density,
      ...(i === interval && { gradients: whole }),
    }));
    expect(meanOf(steps)).toBeCloseTo((3 * sparse * interval + 2 * sparse + dense) / (interval + 1), 9);
  });

  test('gradual pruning: the mean over time of 3·f_D·(1 − s)', () => {
    const densities = [1, 0.8, 0.5, 0.2];
    const steps = densities.map((d) => ({ weights: Object.fromEntries(Object.keys(layers).map((name) => [name, d])) }));
    expect(meanOf(steps)).toBeCloseTo((3 * dense * (1 + 0.8 + 0.5 + 0.2)) / 4, 9);
  });
});

/** Split CIFAR-10 in SparCL (arXiv:2209.09476), table of class-incremental results: ResNet-18, 5 tasks of 10,000 samples, 50 epochs, batch 32. */
describe('the training FLOPs that the papers report, in 10¹⁵', () => {
  const network = resnet18({ inputShape: [32, 32, 3], outputs: 10 });
  const perRow = forwardFlopsPerRow(network);
  const presented = 5 * 10_000 * 50;
  const batch = 32;

  const traced = new Map<string, Promise<MeteredProgram>>();

  /** The step of a method, traced and never run. */
  function stepOf(method: string, options: Record<string, unknown> = { replayBatch: batch }): Promise<MeteredProgram> {
    let program = traced.get(method);
    if (!program) traced.set(method, (program = traceStep(method, options)));
    return program;
  }

  async function traceStep(method: string, options: Record<string, unknown>): Promise<MeteredProgram> {
    const programs = new Map<string, MeteredProgram>();
    const compile = async (...[name, fn, inputs]: Parameters<Engine['compile']>) => {
      if (name === method) programs.set(name, metered(analyze(name, fn, inputs)));
      return { overwritable: new Set<string>() };
    };
    const engine = { name: 'onnx', threads: 1, provider: null, compile, dispose: async () => {} } as unknown as Engine;
    const stream = { ...blobStream('split', 'class', 5), inputShape: [32, 32, 3] };
    await createLearner(method, { engine, stream, network, options, batch });
    return programs.get(method)!;
  }

  const times = (sums: LayerFlops, count: number): LayerFlops => ({
    forward: count * sums.forward,
    inputGradient: count * sums.inputGradient,
    weightGradient: count * sums.weightGradient,
  });

  test.each([
    { method: 'ewc', options: {}, replays: 0, reported: 8.33 },
    { method: 'er', options: { replayBatch: batch }, replays: 1, reported: 11.11 },
    { method: 'der++', options: { replayBatch: batch }, replays: 2, reported: 13.89 },
  ])('$method: $reported with replayed rows charged forward only', async ({ method, options, replays, reported }) => {
    const spent = times((await stepOf(method, options)).dense, presented / batch);
    const accounts = { ledger: { layers: spent, sparse: spent }, presented, perRow, inference: [] };
    const { forwardOnlyReplay } = layerCost(accounts, {})!;
    // The first layer's inputs need no gradient, a thousandth of the whole, which the papers count.
    expect(Math.abs(forwardOnlyReplay / 1e15 / reported - 1)).toBeLessThan(0.0015);
    expect(forwardOnlyReplay).toBeLessThan((3 + replays) * perRow * presented);
    // As it was executed.
    expect(total(spent) / (3 * (1 + replays) * perRow * presented)).toBeCloseTo(1, 2);
    expect(spent.forward).toBe((1 + replays) * perRow * presented);
  });

  test.each([
    { sparsity: 0.75, gradient: 0.8, reported: [2.0, 2.5], derived: [2.1, 2.7] },
    { sparsity: 0.9, gradient: 0.92, reported: [0.9, 1.1], derived: [0.93, 1.17] },
    { sparsity: 0.95, gradient: 0.96, reported: [0.5, 0.6], derived: [0.53, 0.67] },
  ])(
    'SparCL-ER and SparCL-DER++ at sparsity $sparsity: $reported',
    async ({ sparsity, gradient, reported, derived }) => {
      // The 3 × 3 convolutions of the blocks are sparse; stem, shortcuts and output layer are dense (neu-spiral/SparCL).
      const blocks = network.layers.filter(({ name }) => /conv[12]$/.test(name)).map(({ name }) => `${name}/weight`);
      expect(blocks).toHaveLength(16);
      const densityOf = (density: number) => Object.fromEntries(blocks.map((name) => [name, density]));
      const masks: Sparsity = { weights: densityOf(1 - sparsity), gradients: densityOf(1 - gradient) };
      // Of each task's data 0, 7.5, 15, 22.5 and 30 % are left out, for 5, 5, 5, 5 and 30 of 50 epochs.
      const kept = (5 * (1 + 0.925 + 0.85 + 0.775) + 30 * 0.7) / 50;
      expect(kept).toBeCloseTo(0.775, 9);
      for (const [i, method] of ['er', 'der++'].entries()) {
        const program = await stepOf(method);
        const steps = (kept * presented) / batch;
        const [dense, sparse] = [program.dense, sparseSum(program, masks)].map((sums) => times(sums, steps));
        const charged = withBackwards(sparse, chargedBackwards(dense, kept * presented, perRow));
        expect(charged / 1e15 / derived[i]).toBeCloseTo(1, 1);
        // Reported with one digit after the point, and the gradients' sparsity at 0.9 and 0.95 is not.
        expect(Math.abs(charged / 1e15 / reported[i] - 1)).toBeLessThan(0.12);
      }
    },
  );
});

test('all of the backward passes are charged where fewer rows went through them than the stream presented, or none', () => {
  expect(chargedBackwards({ forward: 4, inputGradient: 0, weightGradient: 0 }, 10, 2)).toBe(1);
  expect(chargedBackwards({ forward: 4, inputGradient: 4, weightGradient: 6 }, 10, 2)).toBe(1);
  expect(chargedBackwards({ forward: 4, inputGradient: 4, weightGradient: 80 }, 10, 2)).toBe(0.25);
});
