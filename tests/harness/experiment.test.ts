import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  claimFolder,
  networkKeys,
  networkNames,
  planRuns,
  readExperimentFile,
  resolveExperiment,
  type ExperimentOptions,
  type NetworkName,
} from '../../harness/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const options: ExperimentOptions = {
  stream: 'rotated-digits',
  scenario: 'domain',
  angles: [0, 45],
  methods: ['finetune', { name: 'er', label: 'er-50', lr: 0.2, options: { memory: 50 } }],
  seeds: 2,
  epochs: 3,
};

describe('resolveExperiment', () => {
  test('leaves nothing open: what it makes is a recipe that resolves to itself', () => {
    for (const recipe of [
      options,
      { stream: 'split-digits' },
      { evaluateEvery: 'adaptive' as const },
      { stream: 'permuted-digits', scenario: 'task' as const },
      { stream: 'blurry-digits', scenario: 'task-free' as const, blur: 30 },
      { stream: 'mixture', scenario: 'domain' as const, similarity: 0.9 },
      { stream: 'drift-csv', scenario: 'domain' as const, csv: 'a.csv', ignore: ['date'] },
      ...networkNames.map((network) => ({ network })),
      { network: 'mlp' as const, hidden: [], head: 'cosine' as const, dropout: 0.1 },
      { network: 'resnet32' as const, norm: 'group' as const, initializer: 'xavier' as const },
    ]) {
      const experiment = resolveExperiment(recipe);
      const written = JSON.parse(JSON.stringify(experiment)) as ExperimentOptions;
      expect(resolveExperiment(written)).toEqual(experiment);
    }
  });

  test('settles whether rows are normalised, by the data set unless it is said', () => {
    const settle = (recipe: ExperimentOptions) => resolveExperiment(recipe).normalize;
    expect(settle({ stream: 'split-cifar100' })).toBe(true);
    expect(settle({ stream: 'split-cifar100', normalize: false })).toBe(false);
    expect(settle({ stream: 'split-mnist' })).toBe(false);
    expect(settle({ stream: 'split-mnist', normalize: true })).toBe(true);
  });

  test('gives every method what the experiment says, unless its own entry says otherwise', () => {
    const { methods } = resolveExperiment(options);
    expect(methods.map(({ label, epochs, lr, options: own }) => [label, epochs, lr, own.memory])).toEqual([
      ['finetune', 3, 0.05, undefined],
      ['er-50', 3, 0.2, 50],
    ]);
  });

  test('gives every network its own defaults, and keeps no key that the network does not take', () => {
    const keys = ['network', ...Object.keys(networkKeys)] as const;
    const networkOf = (network: NetworkName) => {
      const resolved = Object.entries(resolveExperiment({ network }));
      return Object.fromEntries(resolved.filter(([key]) => keys.includes(key)));
    };
    const usual = { head: 'linear', initializer: 'pytorch' };
    expect(networkNames.map(networkOf)).toEqual([
      { network: 'mlp', hidden: [400, 400], ...usual, bias: true, dropout: 0 },
      { network: 'cnn', norm: 'none', ...usual, bias: true, dropout: 0 },
      { network: 'resnet18-slim', norm: 'batch', ...usual },
      { network: 'resnet18', norm: 'batch', ...usual },
      { network: 'resnet32', norm: 'batch', head: 'linear', initializer: 'kaiming' },
    ]);
  });

  test('plans all methods of the first seed before the next seed', () => {
    expect(planRuns(resolveExperiment(options)).map(({ name }) => name)).toEqual([
      'finetune-seed1',
      'er-50-seed1',
      'finetune-seed2',
      'er-50-seed2',
    ]);
  });

  test.each<[object, RegExp]>([
    [{ methods: ['foo'] }, /^unknown method: foo \(known: a-gem, cuber, der, /],
    [
      { stream: 'split-foo' },
      /^unknown dataset: foo \(known: cifar10, cifar10-small, cifar100, digits, fashion-mnist, mnist\)$/,
    ],
    [
      { stream: 'foo-digits' },
      /^unknown stream kind: foo \(known: blurry, drift-csv, mixture, overlapping, permuted, rotated, split\)$/,
    ],
    [{ methods: ['er', 'er'] }, /^recipe: methods: er stands twice; give one of them another label$/],
    [{ seeds: [1, 1] }, /^recipe: seeds: 1 stands twice$/],
    [
      { methods: [{ name: 'er', options: { memroy: 3 } }] },
      /^method er: unknown option: memroy \(known: alpha, .*memory, replayBatch\)$/,
    ],
    [{ methods: [{ name: 'er', options: { memory: -3 } }] }, /^method er: memory: must be >=1$/],
    [{ epoch: 3 }, /^recipe: unknown option: epoch \(known: angles, augment, batch, /],
    [
      { stream: 'mixture', augment: ['flip'] },
      /^augment: flip is for images, and the inputs of stream mixture are rows of a table; leave augment out$/,
    ],
    [
      { stream: 'mixture', methods: [{ name: 'er', options: { memory: 5 } }] },
      /^recipe: method er: memory: 5 samples /,
    ],
    [{ stream: 'split-digits', similarity: 1 }, /^unknown option of split streams: similarity \(known: /],
    [{ network: 'vgg' }, /^recipe: network: must be one of mlp, cnn, resnet18-slim, resnet18, resnet32$/],
    [
      { network: 'cnn', hidden: [100] },
      /^network cnn: unknown option: hidden \(known: bias, dropout, head, initializer, norm\)$/,
    ],
    [{ norm: 'batch' }, /^network mlp: unknown option: norm \(known: bias, dropout, head, hidden, initializer\)$/],
    [{ network: 'resnet18', norm: 'none' }, /^network resnet18: norm: must be one of batch, group$/],
    [{ network: 'cnn', dropout: 1 }, /^recipe: dropout: must be <1$/],
    [{ lr: 'fast' }, /^recipe: lr: expected number, received string$/],
    [{ batch: -1 }, /^recipe: batch: must be >=1$/],
    [{ engine: 'gpu' }, /^recipe: engine: must be one of auto, onnx, tensorflow, wasm, cpu$/],
  ])('refuses %j in one line', (recipe, message) => {
    expect(() => resolveExperiment(recipe as ExperimentOptions, 'recipe')).toThrow(message);
  });
});

describe('an experiment’s folder', () => {
  test('holds the experiment as a recipe', () => {
    const folder = join(temporaryFolder(), 'new');
    const experiment = resolveExperiment(options);
    claimFolder(folder, experiment);
    expect(resolveExperiment(readExperimentFile(folder))).toEqual(experiment);
  });

  test('takes the same experiment again, wherever its data lie, and no other', () => {
    const folder = temporaryFolder();
    claimFolder(folder, resolveExperiment(options));
    claimFolder(folder, resolveExperiment({ ...options, dataDir: '/elsewhere' }));
    const other = resolveExperiment({ ...options, batch: 7, angles: [0, 90] });
    expect(() => claimFolder(folder, other)).toThrow(
      `${folder} holds another experiment (it differs in: angles, methods); choose another --out, or replace it with --overwrite`,
    );
  });

  test('is not taken over where it holds something else', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'thesis.tex'), 'years of work');
    expect(() => claimFolder(folder, resolveExperiment(options))).toThrow(
      `${folder} is not empty and holds no experiment; choose another --out`,
    );
    expect(() => claimFolder(folder, resolveExperiment(options), { overwrite: true })).toThrow('is not empty');
    expect(readFileSync(join(folder, 'thesis.tex'), 'utf8')).toBe('years of work');
  });

  test('loses its runs, and nothing else, when it is overwritten', () => {
    const folder = temporaryFolder();
    claimFolder(folder, resolveExperiment(options));
    mkdirSync(join(folder, 'er-seed1'));
    writeFileSync(join(folder, 'er-seed1', 'run.json'), '{}');
    writeFileSync(join(folder, 'notes.md'), 'mine');
    claimFolder(folder, resolveExperiment({ ...options, batch: 7 }), { overwrite: true });
    expect(existsSync(join(folder, 'er-seed1'))).toBe(false);
    expect(existsSync(join(folder, 'notes.md'))).toBe(true);
  });
});
