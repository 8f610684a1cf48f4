import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError, packageRoot } from '../../base/index.ts';
import { countParameters } from '../../engine/index.ts';
import {
  createNetwork,
  networkKeys,
  networkNames,
  resolveExperiment,
  type NetworkOptions,
} from '../../harness/index.ts';
import { readRunRecord } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, runOnce } from './helpers.ts';

const images = { inputShape: [8, 8, 1], outputCount: 10 } as const;

test.each(networkNames)(
  'network %s is made for the stream’s inputs and outputs, with the experiment’s options',
  (name) => {
    const experiment = resolveExperiment({ network: name, head: 'cosine', initializer: 'xavier' });
    const network = createNetwork(name, experiment, images);
    expect(network.name).toBe(name);
    expect(network.inputShape.reduce((product, extent) => product * extent, 1)).toBe(64);
    expect(network.layers.at(-1)!.outputs).toBe(10);
    expect(network.options).toMatchObject({ head: 'cosine', initializer: 'xavier' });
    expect(network.options.norm).toBe(experiment.norm);
  },
);

test('docs/networks.md tells of every network, and of every option with the flag that sets it', () => {
  const page = readFileSync(join(packageRoot, 'docs/networks.md'), 'utf8');
  for (const name of networkNames) expect(page).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'));
  for (const key of Object.keys(networkKeys))
    expect(page).toMatch(new RegExp(`^\\| \`${key}\` +\\| \`--${key}\` `, 'm'));
});

test('a network that the images are too small for is refused', () => {
  const options: NetworkOptions = { norm: 'none' };
  expect(() => createNetwork('cnn', options, { inputShape: [1, 1, 8], outputCount: 2 })).toThrow(UserError);
});

// Large batches and few evaluations: the eager engines take their time.
const brief = {
  network: 'cnn',
  norm: 'batch',
  engine: 'onnx',
  hidden: undefined,
  tasks: 2,
  batch: 400,
  evaluateEvery: 4,
  evaluateSubset: 20,
} as const;

describe('a run with batch norm', () => {
  test('records its network, and goes on after a stop to byte-identical files', async () => {
    const whole = await runOnce(brief);
    const { network } = readRunRecord(whole.folder);
    const made = createNetwork('cnn', { norm: 'batch' }, images);
    expect(network).toEqual({ name: 'cnn', options: made.options, parameters: countParameters(made.parameters) });

    const folder = temporaryFolder();
    const stop = new AbortController();
    let updates = 0;
    await runOnce(brief, folder, { signal: stop.signal, onProgress: () => ++updates === 6 && stop.abort() });
    expect(updates).toBe(6);
    const resumed = await runOnce(brief, folder);
    expect(resumed.record.status).toBe('complete');
    expect(readTables(resumed.folder)).toEqual(readTables(whole.folder));
  });
});
