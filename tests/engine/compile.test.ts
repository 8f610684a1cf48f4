import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError, createRng, packageRoot } from '../../base/index.ts';
import { countParameters, mlp, openEngine } from '../../engine/index.ts';

const hasTensorflow = ['tfjs-node', 'tfjs-node-gpu'].some((name) =>
  existsSync(join(packageRoot, 'node_modules', '@tensorflow', name)),
);

test('auto is the compiled engine', async () => {
  expect((await openEngine('auto')).name).toBe('onnx');
});

test.skipIf(hasTensorflow)('an engine that is not installed names the package to install', async () => {
  await expect(openEngine('tensorflow')).rejects.toThrow(UserError);
  await expect(openEngine('tensorflow')).rejects.toThrow(
    /engine tensorflow needs a package that is not installed: npm install @tensorflow\/tfjs-node \(or @tensorflow\/tfjs-node-gpu for a CUDA GPU\)/,
  );
});

test('no library prints a banner, on any engine', () => {
  const script = `
    const { openEngine, tf, float32 } = await import(${JSON.stringify(join(packageRoot, 'dist/engine/index.js'))});
    for (const name of ['onnx', 'wasm', 'cpu']) {
      const engine = await openEngine(name);
      const program = await engine.compile('double', ({ x }) => ({ y: tf.mul(x, 2) }), { x: float32(2) });
      await program.run({ x: Float32Array.of(1, 2) });
    }
    console.log('done');
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(output).toBe('done\n');
});

test('the MLP 784-400-400-10 of van de Ven et al. (arXiv:1904.07734) has 478,410 parameters', () => {
  const network = mlp({ inputs: 784, hidden: [400, 400], outputs: 10 });
  expect(countParameters(network.parameters)).toBe(784 * 400 + 400 + 400 * 400 + 400 + 400 * 10 + 10);
  expect(countParameters(network.parameters)).toBe(478_410);
});

test('weights and biases start uniform in ±1/√in', () => {
  const arrays = mlp({ inputs: 100, hidden: [200], outputs: 10 }).init(createRng(1));
  const weight = arrays['hidden1/weight'] as Float32Array;
  const mean = weight.reduce((sum, value) => sum + value, 0) / weight.length;
  const variance = weight.reduce((sum, value) => sum + (value - mean) ** 2, 0) / weight.length;
  expect(Math.max(...weight.map(Math.abs))).toBeLessThanOrEqual(0.1);
  expect(Math.abs(mean)).toBeLessThan(0.002);
  // The variance of U(−a, a) is a²/3.
  expect(Math.abs(variance - 0.01 / 3)).toBeLessThan(1e-4);
  expect(Math.max(...(arrays['output/bias'] as Float32Array).map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(200));
});

test('tracing leaves tfjs usable for others, even if it had no backend before', () => {
  const script = `
    const { openEngine, tf, float32 } = await import(${JSON.stringify(join(packageRoot, 'dist/engine/index.js'))});
    const engine = await openEngine('onnx');
    await engine.compile('double', ({ x }) => ({ y: tf.mul(x, 2) }), { x: float32(2) });
    console.log(tf.tidy(() => tf.add(tf.tensor1d([1, 2]), 1).arraySync()).join());
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(output).toBe('2,3\n');
});

test('the compiled engine computes on the CPU unless a provider is given, and the others know none', async () => {
  expect((await openEngine('onnx')).provider).toBe('cpu');
  expect((await openEngine('cpu')).provider).toBe(null);
  await expect(openEngine('wasm', { provider: 'cuda' })).rejects.toThrow(
    'provider cuda is one of the onnx engine; engine wasm takes none',
  );
});

const cudaLibraries = join(
  packageRoot,
  'node_modules',
  'onnxruntime-node',
  'bin',
  'napi-v6',
  process.platform,
  process.arch,
);

test.skipIf(existsSync(join(cudaLibraries, 'libonnxruntime_providers_cuda.so')) || process.platform !== 'linux')(
  'a provider whose libraries are not installed says how to get them',
  async () => {
    await expect(openEngine('onnx', { provider: 'cuda' })).rejects.toThrow(UserError);
    await expect(openEngine('onnx', { provider: 'cuda' })).rejects.toThrow(
      /^provider cuda: .*npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12 fetches them, or use --provider cpu$/,
    );
  },
);

const webgpu = await openEngine('onnx', { provider: 'webgpu' }).catch((error: Error) => error);

test.skipIf(!(webgpu instanceof Error))('a provider that does not start says what it needs', () => {
  expect(webgpu).toBeInstanceOf(UserError);
  expect((webgpu as Error).message).toMatch(/^provider webgpu[^\n]*\(it needs a GPU [^\n]*use --provider cpu$/);
});
