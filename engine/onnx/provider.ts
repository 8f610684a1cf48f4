import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { UserError, messageOf } from '../../base/index.ts';
import { serialize } from './serialize.ts';

/** Where ONNX Runtime computes. What a provider has no kernel for is computed on the CPU. */
export const providerNames = ['cpu', 'cuda', 'webgpu'] as const;
export type Provider = (typeof providerNames)[number];

const otherwise = 'or use --provider cpu';

/**
 * Makes sure that a provider works on this machine, by running a program on it.
 * @throws {UserError} naming what is missing
 */
export async function checkProvider(provider: Provider): Promise<void> {
  if (provider === 'cpu') return;
  if (!ort.listSupportedBackends().some(({ name }) => name === provider))
    throw new UserError(
      `provider ${provider}: onnxruntime-node has none on ${process.platform}-${process.arch}; use --provider cpu`,
    );
  if (provider === 'cuda') {
    const library = cudaLibrary();
    if (!existsSync(library))
      throw new UserError(
        `provider cuda: ONNX Runtime's CUDA libraries are not installed (no ${library}); npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12 fetches them, ${otherwise}`,
      );
    // Products of 19-bit numbers would differ from every other engine's in the third digit.
    process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
  }
  try {
    const session = await ort.InferenceSession.create(doubling(), {
      executionProviders: [provider],
      logSeverityLevel: 4,
    });
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2), [2]) });
    const right = [...(y.data as Float32Array)].join() === '2,4';
    await session.release();
    if (!right) throw new Error('1 + 1 is not 2 on it');
  } catch (error) {
    const why = messageOf(error)
      .split('\n')[0]
      .replace(/^\/onnxruntime_src.* was false\. /, '');
    const needs =
      provider === 'cuda' ? 'an NVIDIA GPU, CUDA 12 and cuDNN 9' : 'a GPU with a Vulkan, Metal or Direct3D 12 driver';
    throw new UserError(
      `provider ${provider} does not start on this machine: ${why} (it needs ${needs}); use --provider cpu`,
      {
        cause: error,
      },
    );
  }
}

function cudaLibrary(): string {
  const binding = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const file = process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
  return join(binding, 'bin', 'napi-v6', process.platform, process.arch, file);
}

/** y = x + x for two floats. */
function doubling(): Uint8Array {
  const x = { name: 'x', shape: [2], type: 'float32' } as const;
  const y = { name: 'y', shape: [2], type: 'float32' } as const;
  return serialize({
    name: 'double',
    inputs: [x],
    outputs: [{ name: 'y', value: y }],
    nodes: [{ op: 'Add', inputs: [x, x], outputs: [y], attributes: {} }],
  });
}
