import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { allocate, openEngine } from '../../engine/index.ts';
import { batch, compileStep, network } from './engineStep.ts';

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('memory does not grow over 20,000 runs of a compiled program', async () => {
  const engine = await openEngine('onnx');
  const program = await compileStep(engine);
  let current = { parameters: network.init(createRng(1)), state: allocate(network.parameters) };
  let spare = { parameters: allocate(network.parameters), state: allocate(network.parameters) };
  const x = new Float32Array(batch * 20).fill(0.1);
  const y = new Int32Array(batch).fill(1);
  const rate = Float32Array.of(1e-3);
  const memoryAfter = async (count: number): Promise<number> => {
    for (let i = 0; i < count; i++) {
      await program.run({ ...current, x, y, rate }, spare);
      [current, spare] = [spare, current];
    }
    collectGarbage();
    return process.memoryUsage().rss;
  };
  const before = await memoryAfter(8000);
  const after = await memoryAfter(20_000);
  // A leak of one of the 1 kB weight matrices a run would be 20 MB.
  expect(after - before).toBeLessThan(10 * 2 ** 20);
  await engine.dispose();
});
