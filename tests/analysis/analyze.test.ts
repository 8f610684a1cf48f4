import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyze, analyzeAll, type AnalyzeOptions } from '../../analysis/index.ts';
import { snakeKeys } from '../../analysis/snakeCase.ts';
import { createRng } from '../../base/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder();
let files = 0;

/** Writes a file of its own and returns its path. */
function written(text: string, name = `log${files++}.csv`): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe('a matrix', () => {
  // Worked by hand. R: .9 .2 .1 | .7 .8 .3 | .5 .9 .6; untrained .1 .1 .1.
  const matrix = 'trained,a,b,c\ninitial,0.1,0.1,0.1\na,0.9,0.2,0.1\nb,0.7,0.8,0.3\nc,0.5,0.9,0.6\n';

  test('has its metrics under the names of the documentation', () => {
    const { format, metrics } = analyze(written(matrix));
    expect(format).toBe('matrix');
    const rounded = Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Number(Number(value).toFixed(12))])); // prettier-ignore
    expect(rounded).toEqual({
      average_accuracy: Number((2 / 3).toFixed(12)),
      backward_transfer: -0.15, // ((.5 − .9) + (.9 − .8)) / 2
      forward_transfer: 0.15, // ((.2 − .1) + (.3 − .1)) / 2
      forgetting: 0.15, // ((.9 − .5) + (.8 − .9)) / 2
      forgetting_after_learning: 0.15,
      learning_accuracy: Number((2.3 / 3).toFixed(12)),
      average_incremental_accuracy: Number(((0.9 + 0.75 + 2 / 3) / 3).toFixed(12)),
    });
  });

  test('has events at its switches', () => {
    const { events } = analyze(written(matrix), { items: 1000 });
    expect(events.map(({ task, kind, switch_task, minimum_step }) => [task, kind, switch_task, minimum_step])).toEqual([
      ['a', 'forgetting', 'b', 2],
      ['a', 'forgetting', 'c', 3],
      ['b', 'backward_transfer', 'c', 3],
    ]);
  });

  test('without the untrained model has no forward transfer', () => {
    const { metrics } = analyze(written('trained,a,b\na,0.9,0.2\nb,0.7,0.8\n'));
    expect(metrics.forward_transfer).toBeNull();
    expect(metrics.backward_transfer).toBeCloseTo(-0.2, 12);
  });
});

test('a log that says what was trained has metrics of its evaluations beside those of its matrix', () => {
  const rows = ['step,training_task,a,b', '0,a,0.1,', '10,a,0.9,', '10,b,0.9,0.1', '20,b,0.4,0.7', '30,b,0.8,0.9'];
  const { metrics } = analyze(written(`${rows.join('\n')}\n`, 'accuracy.csv'));
  // By hand: the lowest of a after its training is .4; the last of b is .9.
  expect(metrics).toMatchObject({ average_accuracy: 0.8500000000000001, min_acc: 0.4, wc_acc: 0.65 });
  expect(metrics.gap_depth).toBeCloseTo(0.5, 12);
});

describe('what the user adds', () => {
  const scores = written('round,gsm8k,mmlu\n0,0.60,0.70\n1,0.55,0.71\n2,0.56,0.72\n');
  const kinds = (options: AnalyzeOptions) =>
    analyze(scores, options).events.map(({ task, kind, noise }) => [task, kind, noise]);

  test('the number of items tells a fall from noise', () => {
    expect(kinds({})).toEqual([['gsm8k', 'forgetting', null]]);
    expect(kinds({ items: 100 })).toEqual([['gsm8k', 'noise', 'binomial']]);
    expect(kinds({ items: { gsm8k: 10_000 } })).toEqual([['gsm8k', 'forgetting', 'binomial']]);
    expect(() => kinds({ items: { gsm: 100 } })).toThrow('unknown task: gsm (known: gsm8k, mmlu)');
    expect(() => kinds({ items: 0.5 })).toThrow('gsm8k is said to have 0.5 items');
  });

  test('tasks can be chosen', () => {
    const { tasks, events } = analyze(scores, { tasks: ['mmlu'] });
    expect(Object.keys(tasks)).toEqual(['mmlu']);
    expect(events).toEqual([]);
    expect(() => analyze(scores, { tasks: ['mmlu', 'mmlu'] })).toThrow('a task is named twice');
    expect(() => analyze(scores, { tasks: ['nq'] })).toThrow('unknown task: nq (known: gsm8k, mmlu)');
  });

  test('steps after which something changed can be named', () => {
    const { events } = analyze(scores, { switches: [0, 1], items: 10_000 });
    expect(events.map(({ task, kind, switch_step }) => [task, kind, switch_step])).toEqual([
      ['gsm8k', 'forgetting', 0],
      ['mmlu', 'noise', 0],
      ['gsm8k', 'noise', 1],
      ['mmlu', 'noise', 1],
    ]);
  });

  test('rounds are compared one by one where that is asked for', () => {
    expect(analyze(scores).rounds).toBeNull();
    const { rounds } = analyze(scores, { rounds: true, items: 1000 });
    const last = rounds!.transfer.filter(({ round }) => round === 2);
    expect(last.map(({ task, best }) => [task, Number(best.difference.toFixed(12)), best.round])).toEqual([
      ['gsm8k', -0.04, 0],
      ['mmlu', 0.01, 1],
    ]);
    const gain = rounds!.gains.find(({ task, round }) => task === 'mmlu' && round === 1)!;
    // √(.7 · .3/1000 + .71 · .29/1000): one point is within two standard errors.
    expect(gain).toMatchObject({ saturated: true });
    expect(gain.standard_error).toBeCloseTo(0.0204, 3);
  });
});

test('how each task went is told, losses turned', () => {
  const { tasks, higher_is_better } = analyze(written('step,task,loss\n0,a,2\n1,a,1\n2,a,1.5\n'));
  expect(higher_is_better).toBe(false);
  expect(tasks.a).toEqual({ evaluations: 3, first: 2, best: 1, best_step: 1, worst: 2, worst_step: 0, last: 1.5, last_minus_best: -0.5 }); // prettier-ignore
});

test('items that both checkpoints name tell a fall that their errors do not', () => {
  const items = 400;
  const rng = createRng('paired');
  const before = Array.from({ length: items }, () => Number(rng.uniform() < 0.7));
  // Twelve right answers are lost and none is gained.
  let lost = 0;
  const after = before.map((right) => (right === 1 && lost < 12 ? (lost++, 0) : right));
  const mean = (scores: readonly number[]): number => scores.reduce((sum, score) => sum + score, 0) / items;
  const root = join(folder, 'paired');
  [before, after].forEach((scores, i) => {
    const error = Math.sqrt((mean(scores) * (1 - mean(scores))) / items);
    const results = { arc: { 'acc,none': mean(scores), 'acc_stderr,none': error } };
    const config = { model_args: `pretrained=m,revision=step${i + 1}` };
    written(JSON.stringify({ results, config }), `paired/results_t${i}.json`);
    const lines = scores.map((acc, item) =>
      JSON.stringify({ doc_id: item, doc_hash: `h${item}`, filter: 'none', acc }),
    );
    written(`${lines.join('\n')}\n`, `paired/samples_arc_t${i}.jsonl`);
  });
  const [event] = analyze(root).events;
  expect(event).toMatchObject({ task: 'arc', kind: 'forgetting', noise: 'paired' });
  // McNemar's z without correction: (b − c)/√(b + c) with b = 12, c = 0.
  expect(event.z).toBeCloseTo(Math.sqrt(12), 9);
  const unpaired = analyzeAll([join(root, 'results_t0.json'), join(root, 'results_t1.json')]);
  expect(unpaired.flatMap(({ events }) => events.map(({ kind }) => kind)).includes('forgetting')).toBe(false);
});

test('sampled answers have alarms and a monitor', () => {
  const rng = createRng('answers');
  const lines = [0, 1].flatMap((round) =>
    Array.from({ length: 60 }, (_, problem) => {
      // In the second round half of the problems are always solved and half never.
      const p = round === 0 ? 0.35 : problem % 2;
      return Array.from({ length: 8 }, (__, sample) =>
        JSON.stringify({ round, problem, sample, correct: Number(rng.uniform() < p) }),
      );
    }).flat(),
  );
  const { format, alarms, monitor } = analyze(written(`${lines.join('\n')}\n`, 'answers.jsonl'));
  expect(format).toBe('samples');
  expect(alarms.map(({ kind, round }) => [kind, round])).toContainEqual(['coverage', 1]);
  expect(monitor!.benchmarks[0].pass_at_k.value!.ks).toEqual([1, 2, 4, 8]);
  expect(monitor!.benchmarks[0].balance).toEqual({ value: null, reason: 'no column for what was selected' });
});

test('one path with several runs is refused by analyze and listed by analyzeAll', () => {
  const path = written('"Step","one - acc","two - acc"\n"0","0.5","0.6"\n"10","0.7","0.8"\n');
  expect(() => analyze(path)).toThrow('holds several runs: one, two; analyse them with analyzeAll');
  expect(analyzeAll([path]).map(({ name }) => name)).toEqual(['one', 'two']);
});

test('snakeKeys renames keys at every depth and leaves values', () => {
  expect(snakeKeys({ passAtK: [{ meanRank: 1, text: 'aB' }], accuracyT1: null })).toEqual({
    pass_at_k: [{ mean_rank: 1, text: 'aB' }],
    accuracy_t1: null,
  });
});

const shared = join(import.meta.dirname, '../../../shared/logs');

describe.skipIf(!existsSync(shared))('real logs', () => {
  const l2m = join(shared, 'l2m');

  test.each(readdirSync(existsSync(l2m) ? join(l2m, 'expected') : '.').filter((name) => name.endsWith('.json')))(
    'l2metrics has the same numbers: %s',
    (name) => {
      const settings: Record<string, AnalyzeOptions['lifetime']> = {
        'default.json': {},
        'both_both.json': {},
        'norm_none.json': { normalization: 'none' },
        'smooth_none.json': { smoothing: 'none' },
        'clamp.json': { clampOutliers: true },
      };
      const ste = readdirSync(join(l2m, 'ste_logs')).map((each) => join(l2m, 'ste_logs', each));
      const both = name === 'default.json' ? {} : ({ maintenance: 'both', transfer: 'both' } as const);
      const lifetime = { ...settings[name], ...both };
      const { metrics } = analyze(join(l2m, 'll_logs/multi_task'), { ste, metric: 'performance', lifetime });
      const expected = JSON.parse(readFileSync(join(l2m, 'expected', name), 'utf8')) as Record<string, object>;
      const found = numbersOf({ ...metrics, task_metrics: undefined });
      for (const [key, value] of numbersOf(expected.lifetime)) expect(found.get(key), key).toBeCloseTo(value, 9);
      const byTask = numbersOf(metrics.task_metrics);
      for (const [key, value] of numbersOf(expected.task_metrics)) expect(byTask.get(key), key).toBeCloseTo(value, 9);
      expect(byTask.size).toBeGreaterThan(100);
    },
  );

  test('Pythia 160M: LAMBADA’s late regression is forgetting at nine standard errors; SciQ and WSC are judged noise', () => {
    const { events } = analyze(join(shared, 'pythia160m_lm_eval'));
    const [first, ...others] = events;
    expect(first).toMatchObject({
      task: 'lambada_openai',
      kind: 'forgetting',
      switch_step: 63_000,
      minimum_step: 133_000,
    });
    expect(first.z).toBeGreaterThan(7.5);
    expect(first.p_value).toBeLessThan(1e-6);
    for (const task of ['sciq', 'wsc'])
      expect(new Set(others.filter((event) => event.task === task).map(({ kind }) => kind))).toEqual(
        new Set(['noise']),
      );
  });
});

/** All numbers in nested data, by path. */
function numbersOf(data: unknown, path = ''): Map<string, number> {
  if (typeof data === 'number') return new Map([[path, data]]);
  if (typeof data !== 'object' || data === null) return new Map();
  return new Map(Object.entries(data).flatMap(([key, value]) => [...numbersOf(value, `${path}/${key}`)]));
}

test('files that hold a tag or a checkpoint each are one run where they are named together', () => {
  const scalar = (values: readonly number[]): string =>
    `Wall time,Step,Value\n${values.map((value, i) => `${1000 + i},${10 * i},${value}`).join('\n')}\n`;
  const paths = ['arc', 'piqa'].map((tag) => written(scalar([0.5, 0.6]), `tb/run-one-tag-eval_${tag}_acc.csv`));
  expect(analyzeAll(paths).map(({ name, tasks }) => [name, Object.keys(tasks).length])).toEqual([['one', 2]]);
});
