import { describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import {
  allocate,
  float32,
  mlp,
  openEngine,
  sgd,
  tf,
  type Arrays,
  type Engine,
  type Optimizer,
} from '../../engine/index.ts';
import { compileStep as compile } from '../conformance/engineStep.ts';

const network = mlp({ inputs: 120, hidden: [90, 80], outputs: 5 });
const batch = 6;

/** A training step whose results hold more than 64 kB. */
const compileStep = (engine: Engine, optimizer: Optimizer) =>
  compile(engine, { trained: network, rows: batch, optimizer });

const start = () => {
  const rng = createRng(1);
  return {
    parameters: network.init(rng),
    x: Float32Array.from({ length: batch * 120 }, () => rng.normal()),
    y: Int32Array.from({ length: batch }, () => rng.integer(5)),
    rate: Float32Array.of(0.1),
  };
};

describe('what may be written over', () => {
  test('is the weight that no gradient reads after its update, and every bias', async () => {
    const engine = await openEngine('onnx');
    const program = await compileStep(engine, sgd());
    // The gradient with respect to a layer's input reads the layer's weight, perhaps after the weight's own update.
    expect([...program.overwritable].toSorted()).toEqual([
      'parameters/hidden1/bias',
      'parameters/hidden1/weight',
      'parameters/hidden2/bias',
      'parameters/output/bias',
    ]);
    await engine.dispose();
  });

  test('with momentum includes the velocities, which only their own update reads', async () => {
    const engine = await openEngine('onnx');
    const { overwritable } = await compileStep(engine, sgd({ momentum: 0.9 }));
    for (const name of Object.keys(network.parameters)) expect(overwritable).toContain(`state/${name}`);
    expect(overwritable).toContain('parameters/hidden1/weight');
    expect(overwritable).not.toContain('parameters/hidden2/weight');
    await engine.dispose();
  });

  test('is nothing on engines that call the function anew', async () => {
    const engine = await openEngine('cpu');
    expect((await compileStep(engine, sgd())).overwritable.size).toBe(0);
  });

  test.each([
    ['SGD', sgd()],
    ['momentum and weight decay', sgd({ momentum: 0.9, weightDecay: 0.01 })],
  ])('gives the same bytes written over as written elsewhere, with %s', async (_, optimizer) => {
    const engine = await openEngine('onnx');
    const program = await compileStep(engine, optimizer);
    const { parameters, ...rows } = start();
    const stateSpecs = optimizer.init(network.parameters);
    let elsewhere = { parameters, state: allocate(stateSpecs) };
    const over = { parameters: start().parameters, state: allocate(stateSpecs) };
    for (let i = 0; i < 20; i++) {
      const next = { parameters: allocate(network.parameters), state: allocate(stateSpecs) };
      const { loss } = await program.run({ ...elsewhere, ...rows }, { ...next });
      elsewhere = next;
      const into = { parameters: targets('parameters', over.parameters), state: targets('state', over.state) };
      const result = await program.run({ ...over, ...rows }, { ...into });
      Object.assign(over, into);
      expect(result.loss).toEqual(loss);
    }
    expect(over).toEqual(elsewhere);
    await engine.dispose();

    function targets(group: string, arrays: Arrays): Arrays {
      return Object.fromEntries(
        Object.entries(arrays).map(([name, array]) => [
          name,
          program.overwritable.has(`${group}/${name}`) ? array : new Float32Array(array.length),
        ]),
      );
    }
  });
});

describe('results of a large program', () => {
  test('are in the arrays handed in, and in new ones where none are', async () => {
    const engine = await openEngine('onnx');
    const program = await engine.compile('large', ({ x }) => ({ twice: tf.mul(x, 2), sum: tf.sum(x) }), {
      x: float32(200, 200),
    });
    const x = new Float32Array(40_000).fill(1.5);
    const twice = new Float32Array(40_000);
    const given = await program.run({ x }, { twice });
    expect(given.twice).toBe(twice);
    expect(twice.every((value) => value === 3)).toBe(true);
    expect(given.sum[0]).toBe(60_000);
    const made = await program.run({ x });
    expect(made.twice).toEqual(twice);
    expect(made.twice).not.toBe(twice);
    await engine.dispose();
  });

  test('make no garbage: the binding’s copies would be 160 kB a run', async () => {
    const engine = await openEngine('onnx');
    const program = await engine.compile('large', ({ x }) => ({ twice: tf.mul(x, 2) }), { x: float32(200, 200) });
    const [x, twice] = [new Float32Array(40_000), new Float32Array(40_000)];
    await program.run({ x }, { twice });
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 20; i++) await program.run({ x }, { twice });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(160_000);
    await engine.dispose();
  });
});
