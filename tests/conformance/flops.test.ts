import { afterAll, describe, expect, test } from 'vitest';
import { mlp, openEngine, smallCnn } from '../../engine/index.ts';
import { createFlopLedger, meteredEngine, meteredModel } from '../../harness/flopLedger.ts';
import { methods } from '../../methods/index.ts';
import { createLearner, drive, eventsOf, streamFor } from '../methods/fixtures.ts';
import { brisk } from './brisk.ts';

const engine = await openEngine('onnx');
afterAll(() => engine.dispose());

const networks = {
  perceptron: mlp({ inputs: 16, hidden: [12], outputs: 4 }),
  'convolutions with batch norm': smallCnn({
    inputShape: [4, 4, 1],
    outputs: 4,
    channels: [4, 6],
    hidden: 8,
    norm: 'batch',
  }),
};

describe.each(methods.map((method) => [method.name, method] as const))('method %s', (name, { learnsAt }) => {
  const stream = streamFor(name);

  async function create(network: keyof typeof networks) {
    const ledger = createFlopLedger();
    const learner = await createLearner(name, {
      engine: meteredEngine(engine, ledger),
      stream,
      network: networks[network],
      options: brisk[name] ?? {},
      rate: 0.1,
    });
    ledger.follow(() => learner.sparsity?.());
    return { learner, ledger, prepare: meteredModel(learner.model, ledger).prepare };
  }

  test.each(Object.keys(networks) as (keyof typeof networks)[])(
    'tells the operations that its programs took, whenever it is evaluated, and they go through layers: %s',
    async (network) => {
      const [seldom, often] = await Promise.all([create(network), create(network)]);
      for (const event of eventsOf(stream)) {
        await drive(seldom.learner, [event]);
        await drive(often.learner, [event]);
        await often.prepare?.();
        expect(often.ledger.total).toBe(often.learner.cost().flops);
      }
      await seldom.prepare?.();
      expect(seldom.ledger.total).toBe(seldom.learner.cost().flops);
      expect(learnsAt === 'evaluation' || often.ledger.total === seldom.ledger.total).toBe(true);

      const { total, layers, sparse } = seldom.ledger;
      const { forward, inputGradient, weightGradient } = layers!;
      expect(forward).toBeGreaterThan(0);
      // Of the first layer's inputs no gradient is computed.
      expect(weightGradient).toBeGreaterThan(inputGradient);
      expect(inputGradient).toBeGreaterThan(0);
      expect(forward + inputGradient + weightGradient).toBeLessThan(total!);
      const dense = seldom.learner.sparsity === undefined;
      for (const role of ['forward', 'inputGradient', 'weightGradient'] as const)
        expect(dense ? sparse![role] === layers![role] : sparse![role] <= layers![role], role).toBe(true);
    },
  );
});
