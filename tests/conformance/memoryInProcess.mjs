// Runs a compiled training step 25,000 times in a process of its own and prints the resident memory after each 5,000.
import { createRng } from '../../dist/base/index.js';
import { allocate, float32, int32, lossGradients, mlp, openEngine, sgd, tf } from '../../dist/engine/index.js';

const batch = 12;
const network = mlp({ inputs: 20, hidden: [128, 128], outputs: 5 });
const optimizer = sgd({ momentum: 0.9 });
const engine = await openEngine('onnx');
const program = await engine.compile(
  'step',
  ({ parameters, state, x, y, rate }) => {
    const { loss, gradients } = lossGradients((p) => {
      const chosen = tf.mul(tf.logSoftmax(network.apply(p, x)), tf.oneHot(y, 5));
      return { loss: tf.neg(tf.mean(tf.sum(chosen, 1))) };
    }, parameters);
    const updated = optimizer.update(parameters, gradients, state, rate);
    return { parameters: updated.parameters, state: updated.state, loss };
  },
  {
    parameters: network.parameters,
    state: network.parameters,
    x: float32(batch, 20),
    y: int32(batch),
    rate: float32(),
  },
);
let current = { parameters: network.init(createRng(1)), state: allocate(network.parameters) };
let spare = { parameters: allocate(network.parameters), state: allocate(network.parameters) };
const inputs = {
  x: new Float32Array(batch * 20).fill(0.1),
  y: new Int32Array(batch).fill(1),
  rate: Float32Array.of(1e-3),
};

async function residentAfter(runs) {
  for (let i = 0; i < runs; i++) {
    await program.run({ ...current, ...inputs }, spare);
    [current, spare] = [spare, current];
  }
  globalThis.gc();
  return process.memoryUsage().rss;
}

// Collected often, so that what the collector has not got round to does not look like growth.
const resident = [];
for (let part = 0; part < 5; part++) resident.push(await residentAfter(5000));
console.log(JSON.stringify(resident));
