import { cpus, totalmem } from 'node:os';
import { createRequire } from 'node:module';
import { packageVersion } from '../base/index.ts';
import type { RunRecord } from '../logs/index.ts';

const require = createRequire(import.meta.url);

/** The machine a run happened on. */
export function describeMachine(): RunRecord['machine'] {
  const cores = cpus();
  return {
    platform: `${process.platform}-${process.arch}`,
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    memoryBytes: totalmem(),
  };
}

/** Versions of everything that numbers depend on. */
export function describeVersions(): Record<string, string> {
  const versionOf = (name: string): string => (require(`${name}/package.json`) as { version: string }).version;
  return {
    stabgap: packageVersion,
    node: process.versions.node,
    '@tensorflow/tfjs': versionOf('@tensorflow/tfjs'),
    'onnxruntime-node': versionOf('onnxruntime-node'),
  };
}

/** Largest resident memory of this process so far, in bytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}
