import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageVersion } from '../../base/index.ts';
import { formatItem } from '../../cli/inventory/format.ts';
import { findInventory } from '../../cli/inventory/index.ts';
import { experimentSchema } from '../../harness/index.ts';
import { methods } from '../../methods/index.ts';
import { runMetrics } from '../../metrics/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { main, stabgap } from './stabgap.ts';

const cwd = temporaryFolder();

describe.concurrent('help', () => {
  test.each([
    'run',
    'resume',
    'report',
    'figures',
    'table',
    'serve',
    'analyze',
    'check',
    'watch',
    'compare',
    'refine-lr',
    'list',
  ])('%s --help ends with 0 and has examples', async (command) => {
    const { code, stdout, stderr } = await stabgap([command, '--help'], cwd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`Examples:\\n +stabgap ${command} `));
    expect(stdout).toContain('--json');
  });

  test('stabgap alone and stabgap --help name the commands', async () => {
    const [alone, asked] = await Promise.all([stabgap([], cwd), stabgap(['--help'], cwd)]);
    expect(alone).toEqual(asked);
    expect(asked.code).toBe(0);
    for (const command of [
      'run',
      'resume',
      'report',
      'figures',
      'table',
      'serve',
      'analyze',
      'check',
      'watch',
      'compare',
      'refine-lr',
      'list',
    ])
      expect(asked.stdout).toContain(`stabgap ${command}`);
  });

  test('--version prints the version of the package', async () => {
    expect(await stabgap(['--version'], cwd)).toEqual({ code: 0, stdout: `${packageVersion}\n`, stderr: '' });
  });

  test('every key of a recipe has a flag with a description', async () => {
    const { stdout } = await stabgap(['run', '--help'], cwd);
    for (const key of Object.keys(experimentSchema.shape)) {
      const flag = key === 'imports' ? 'import' : key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(stdout).toMatch(new RegExp(`--${flag} +\\w.{5}`));
    }
  });
});

describe.concurrent('list', () => {
  const names: Record<string, readonly string[]> = {
    methods: methods.map(({ name }) => name),
    metrics: runMetrics.map(({ name }) => name),
    datasets: ['digits', 'mnist', 'fashion-mnist', 'cifar10-small', 'cifar10', 'cifar100'],
    streams: ['split-digits', 'permuted-mnist', 'rotated-fashion-mnist'],
    formats: ['stabgap', 'lm-eval', 'l2logger', 'matrix', 'tidy', 'wide'],
    recipes: ['demo', 'split-mnist', 'stability-gap-rotated-mnist'],
  };

  test.each(Object.entries(names))('%s --json parses and names all', async (what, known) => {
    const { code, stdout, stderr } = await stabgap(['list', what, '--json'], cwd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const listed = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
    expect(listed).toEqual(expect.arrayContaining([...known]));
  });

  test('without --json there is a line for each, under a head', async () => {
    const { stdout } = await stabgap(['list', 'datasets'], cwd);
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^name +train +test /);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(names.datasets);
  });

  test('a method by name comes with its options, their units and sources', async () => {
    const er = (await findInventory('methods')).get('er');
    expect(er.options).toContainEqual({
      name: 'memory',
      default: 200,
      unit: 'samples',
      description: expect.any(String),
      source: expect.stringMatching(/arXiv/),
    });
    expect(formatItem(er, Infinity)).toMatch(/^memory +200 +samples +\w.*; source: arXiv/m);
  });
});

/** The packages that a compiled file loads when it is imported. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const text = readFileSync(file, 'utf8');
  for (const [, specifier] of text.matchAll(/^(?:import|export) [^;'"]*\bfrom ['"]([^'"]+)['"]/gm)) {
    const target = specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
    if (seen.has(target)) continue;
    seen.add(target);
    if (target.endsWith('.js')) packagesOf(target, seen);
  }
  return new Set([...seen].filter((name) => !name.endsWith('.js')));
}

test('the command starts without loading anything heavy', () => {
  const loaded = [...packagesOf(main)].filter((name) => !name.startsWith('node:'));
  expect(loaded.toSorted()).toEqual(['yargs', 'yargs/helpers']);
});

test('help on the flags of an experiment loads no engine', () => {
  const loaded = packagesOf(join(dirname(main), 'experimentFlags.js'));
  expect(loaded).toContain('zod');
  expect([...loaded].filter((name) => /tfjs|onnx/.test(name))).toEqual([]);
});

test('a worker process is started, and runs are executed, without loading the charts', () => {
  const heavy = (file: string) =>
    [...packagesOf(join(dirname(main), file))].filter((name) => /tfjs|onnx|chart|canvas|arquero/.test(name));
  expect(heavy('../harness/startWorker.js')).toEqual([]);
  expect(heavy('execute.js').filter((name) => !/tfjs|onnx/.test(name))).toEqual([]);
});
