import { availableParallelism } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError, codeOf, messageOf } from '../base/index.ts';
import { eagerEngine } from './eager/eager.ts';
import { checkProvider, type Provider } from './onnx/provider.ts';
import { onnxEngine } from './onnx/session.ts';
import { tf } from './tf.ts';
import type { Engine, EngineName } from './types.ts';

/** What `--engine` takes. `auto` is `onnx`. */
export const engineNames = ['auto', 'onnx', 'tensorflow', 'wasm', 'cpu'] as const;
export type EngineChoice = (typeof engineNames)[number];

const require = createRequire(import.meta.url);
const tensorflowPackages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/**
 * Opens an engine.
 * @param threads native threads of the `onnx` engine, 1 … number of cores; the eager engines manage their own
 * @param provider where the `onnx` engine computes; the eager engines know their own place
 * @throws {UserError} if the engine's package is not installed, or the provider does not work on this machine
 */
export async function openEngine(
  choice: EngineChoice = 'auto',
  { threads = 1, provider = 'cpu' }: { threads?: number; provider?: Provider } = {},
): Promise<Engine> {
  if (provider !== 'cpu' && choice !== 'auto' && choice !== 'onnx')
    throw new UserError(`provider ${provider} is one of the onnx engine; engine ${choice} takes none`);
  switch (choice) {
    case 'auto':
    case 'onnx':
      await checkProvider(provider);
      return onnxEngine(Math.min(threads, availableParallelism()), provider);
    case 'tensorflow':
      await loadTensorflow();
      return openEager('tensorflow', 'tensorflow');
    case 'wasm':
      await loadWasm();
      return openEager('wasm', 'wasm');
    case 'cpu':
      return openEager('cpu', 'cpu');
  }
}

async function openEager(name: EngineName, backend: string): Promise<Engine> {
  if (!(await tf.setBackend(backend)))
    throw new UserError(`engine ${name} did not start on this machine (try --engine onnx)`);
  return eagerEngine(name, backend);
}

async function loadWasm(): Promise<void> {
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/'));
  // One thread: the threaded build needs browser workers, and runs are parallel by process anyway.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
}

/** The native TensorFlow backends are optional peers: they fetch their library when installed, which not every machine allows. */
async function loadTensorflow(): Promise<void> {
  for (const name of tensorflowPackages) {
    try {
      require(name);
      return;
    } catch (error) {
      if (codeOf(error) !== 'MODULE_NOT_FOUND' || !messageOf(error).includes(name))
        throw new UserError(
          `engine tensorflow: ${name} is installed but does not load: ${messageOf(error).split('\n')[0]}`,
          { cause: error },
        );
    }
  }
  throw new UserError(
    `engine tensorflow needs a package that is not installed: npm install ${tensorflowPackages[1]} (or ${tensorflowPackages[0]} for a CUDA GPU); or use --engine onnx`,
  );
}
