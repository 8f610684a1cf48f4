import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import * as metrics from '../../metrics/index.ts';
import * as stats from '../../metrics/stats/index.ts';
import { docstringsOf } from '../../tools/docstrings.ts';
import { sourcesIn } from '../sources.ts';
import { asShown, parseExample, runExample } from './docstringExamples.ts';

const described = sourcesIn('metrics').flatMap(({ path, text }) =>
  docstringsOf(text).flatMap(({ name, kind, example }) =>
    kind === 'function' && example !== null ? [{ path, name, example: parseExample(example) }] : [],
  ),
);
const runnable = described.filter(({ example }) => example !== null);

describe('the examples in the docstrings of metrics/', () => {
  it.each(runnable)('$name, in $path', async ({ path, name, example }) => {
    // A file may give examples of what only it exports.
    const own = (await import(join(packageRoot, path))) as Record<string, unknown>;
    const results = runExample(example!, own);
    expect(results.map(({ call }) => call).join('\n') + example!.steps.join('\n')).toContain(name);
    for (const { call, value, expected } of results)
      for (const each of expected) expect(value, call).toEqual(asShown(each));
  });

  const withCode = new Set(runnable.map(({ name }) => name));
  it('are code for every statistic', () => {
    expect(Object.keys(stats).filter((name) => !withCode.has(name))).toEqual([]);
  });
  it('are code for most other functions that metrics/ exports', () => {
    // What takes answers by round and problem is longer as code than in words; tests/metrics/monitor/ has it worked out.
    const inWords = described
      .filter(({ path, example }) => example === null && !path.startsWith('metrics/monitor/'))
      .map(({ name }) => name);
    expect(inWords.filter((name) => name in metrics && !['detectEvents', 'pairedErrorOf'].includes(name))).toEqual([]);
  });
});

describe('parseExample', () => {
  it('reads a log from a table, and calls with their working and value', () => {
    const { log, steps } = parseExample(
      'step  trained  a  b\n  1  a  .5  –\n  2  b  .4  1\nconst x = 1;\nf(log, x) // 1 + 1 = 2',
    )!;
    expect(log).toMatchObject({ tasks: ['a', 'b'], steps: Float64Array.of(1, 2), trainingTask: Int32Array.of(0, 1) });
    expect(log!.values).toEqual([Float64Array.of(0.5, 0.4), Float64Array.of(NaN, 1)]);
    expect(steps).toEqual(['const x = 1;', { call: 'f(log, x)', expected: ['1 + 1', '2'] }]);
  });
  it('is null for words', () => expect(parseExample('.9 falls to .45: half')).toBeNull());
});

describe('runExample', () => {
  const run = (text: string) => runExample(parseExample(text)!, {});
  it('evaluates a call, its working and its value, whatever words follow', () => {
    expect(run('const x = [1, 2];\nx.map((n) => n / 4) // [1 / 4, 0.5], shares')).toEqual([
      { call: 'x.map((n) => n / 4)', value: [0.25, 0.5], expected: [[0.25, 0.5]] },
    ]);
    expect(run('1 + 1 // 4 / 2 = 2, two')[0].expected).toEqual([2, 2]);
  });
  it('does not take words for a value', () => {
    expect(() => run('1 + 1 // nothing to be read')).toThrow('no value can be read from: nothing to be read');
  });
  it('takes a value as exact unless 4 digits are shown', () => {
    expect(1 / 3).not.toEqual(asShown(0.333));
    expect(1 / 3).toEqual(asShown(0.3333));
    expect(1 / 3).not.toEqual(asShown(0.3334));
    expect([0.1 + 0.2]).toEqual(asShown([0.3]));
  });
});

it('metrics/index.ts exports all of metrics/stats', () => {
  expect(Object.keys(stats).filter((name) => !(name in metrics))).toEqual([]);
});
