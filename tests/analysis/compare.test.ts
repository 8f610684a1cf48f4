import { describe, expect, test } from 'vitest';
import { compare } from '../../analysis/index.ts';
import type { Experiment } from '../../logs/index.ts';
import { makeExperiment, smallPlan, withRecord } from '../reports/fixture.ts';

const scores = {
  er: [0.8, 0.82, 0.79, 0.81, 0.83, 0.8, 0.78],
  good: [0.85, 0.86, 0.83, 0.8, 0.88, 0.84, 0.86],
  same: [0.79, 0.83, 0.77, 0.8, 0.81, 0.81, 0.77],
};

/** An experiment whose ACC are the given ones, seed by seed. */
function experimentOf(byMethod: Readonly<Record<string, readonly number[]>>, name = 'made-up'): Experiment {
  const labels = Object.keys(byMethod);
  const seeds = byMethod[labels[0]].map((_, i) => i + 1);
  const methods = labels.map((label) => ({ label, fall: 0.5, tau: 12, loss: 0.02 }));
  const experiment = makeExperiment({ ...smallPlan, methods, seeds, tasks: ['a', 'b'] });
  const runs = experiment.runs.map((run) => {
    const acc = byMethod[run.record.method.label][run.record.seed - 1];
    return { ...run, matrix: { tasks: ['a', 'b'], initial: null, rows: [[0.9, 0], [acc, acc]] } }; // prettier-ignore
  });
  return { ...experiment, name, path: `runs/${name}`, runs };
}

describe('paired by seed', () => {
  const found = compare([experimentOf(scores)], { baseline: 'er', metric: 'acc' });
  const of = (name: string) => found.methods.find(({ method }) => method === name)!;

  // scipy 1.17.1: ttest_rel, wilcoxon, t.interval, friedmanchisquare's mean ranks, on the numbers above.
  test('differences, t interval and tests are those of scipy', () => {
    expect(of('good').difference).toBeCloseTo(0.04142857142857143, 12);
    expect(of('good').interval![0]).toBeCloseTo(0.016711029101280826, 9);
    expect(of('good').interval![1]).toBeCloseTo(0.06614611375586205, 9);
    expect(of('good').tTest!.p).toBeCloseTo(0.006348661000011521, 10);
    expect(of('good').wilcoxon!.p).toBeCloseTo(0.03125, 12);
    expect(of('same').tTest!.p).toBeCloseTo(0.18239226069584746, 10);
    expect(of('same').wilcoxon!.p).toBeCloseTo(0.25, 12);
    expect(of('good').cohensDz).toBeCloseTo(0.04142857142857143 / 0.026726124191242442, 9);
  });

  test('p-values are adjusted by Holm over the methods, and verdicts follow Wilcoxon from six pairs on', () => {
    expect(of('good').tTest!.holm).toBeCloseTo(2 * 0.006348661000011521, 10);
    expect(of('good').wilcoxon!.holm).toBeCloseTo(0.0625, 12);
    expect(found.verdictBy).toBe('wilcoxon');
    expect(found.methods.map(({ method, verdict }) => [method, verdict])).toEqual([
      ['good', 'not shown'],
      ['er', 'baseline'],
      ['same', 'not shown'],
    ]);
  });

  test('ranks are those of Friedman’s test, and its groups those that the critical difference cannot part', () => {
    expect(found.methods.map(({ rank }) => Number(rank!.toFixed(8)))).toEqual([1.21428571, 2.14285714, 2.64285714]);
    // Demšar 2006: 2.343 √(3 · 4 / (6 · 7)).
    expect(found.ranks!.criticalDifference).toBeCloseTo(2.3437 * Math.sqrt(12 / 42), 3);
    expect(found.ranks!.groups).toEqual([['good', 'er'], ['er', 'same']]); // prettier-ignore
  });

  test('of few seeds the t test decides, and it is said that ranks cannot', () => {
    const few = Object.fromEntries(Object.entries(scores).map(([name, values]) => [name, values.slice(0, 3)]));
    const three = compare([experimentOf(few)], { baseline: 'er', metric: 'acc' });
    expect(three.verdictBy).toBe('t');
    expect(three.methods[0]).toMatchObject({ method: 'good', verdict: 'better' });
    expect(three.warnings[0]).toContain('3 pairs that differ can never be significant');
  });

  test('of a metric in which lower is better, less is better', () => {
    const other = compare([experimentOf(scores)], { baseline: 'good', metric: 'forgetting' });
    expect(other.better).toBe('lower');
    expect(other.methods[0].method).toBe('good');
    expect(other.methods.find(({ method }) => method === 'same')!.difference).toBeGreaterThan(0);
  });
});

test('paired by experiment: means over the seeds, one pair each', () => {
  const shifted = Object.fromEntries(
    Object.entries(scores).map(([name, values]) => [name, values.map((v) => v - 0.1)]),
  );
  const found = compare([experimentOf(scores, 'one'), experimentOf(shifted, 'two')], { baseline: 'er', metric: 'acc' });
  expect(found).toMatchObject({ by: 'experiment', pairs: ['one', 'two'] });
  const good = found.methods.find(({ method }) => method === 'good')!;
  expect(good).toMatchObject({ n: 2 });
  expect(good.difference).toBeCloseTo(0.04142857142857143, 9);
  const seeds = compare([experimentOf(scores, 'one'), experimentOf(shifted, 'two')], {
    baseline: 'er',
    metric: 'acc',
    by: 'seed',
  });
  expect(seeds.pairs).toHaveLength(14);
});

describe('unlike things are not compared', () => {
  const whole = experimentOf(scores);
  const compareOn = (experiment: Experiment) => compare([experiment], { baseline: 'er', metric: 'acc' });

  test('runs of different protocols are refused, with what they differ in', () => {
    const runs = whole.runs.map((run, i) =>
      i === 0 ? withRecord(run, (record) => ({ ...record, evaluation: { ...record.evaluation, every: 7 } })) : run,
    );
    expect(() => compareOn({ ...whole, runs })).toThrow(/its runs follow 2 different protocols .* evaluation\.every/);
  });

  test('a seed that one method lacks is left out, and said', () => {
    const runs = whole.runs.map((run, i) =>
      i === 0 ? withRecord(run, (record) => ({ ...record, status: 'failed' as const, reason: 'x' })) : run,
    );
    const found = compareOn({ ...whole, runs });
    expect(found.pairs).toEqual(['2', '3', '4', '5', '6', '7']);
    expect(found.warnings).toEqual(
      expect.arrayContaining([
        expect.stringContaining('not complete, and left out'),
        expect.stringContaining('seeds that not every method has a value for are left out: 1'),
      ]),
    );
  });

  test.each([
    [{ baseline: 'ear', metric: 'acc' }, 'unknown method in --baseline: ear (known: er, good, same)'],
    [{ baseline: 'er', metric: 'ac' }, 'unknown metric: ac (known: aaa, acc,'],
    [{ baseline: 'er', metric: 'acc', by: 'experiment' as const }, '--by experiment needs several experiments'],
    [{ baseline: 'er', metric: 'prequential' }, 'no seed for which every method has prequential'],
  ])('%j', (options, message) => {
    expect(() => compare([whole], options)).toThrow(message);
  });

  test('two experiments of one name are refused', () => {
    expect(() => compare([whole, whole], { baseline: 'er', metric: 'acc' })).toThrow('are both called made-up');
  });
});
