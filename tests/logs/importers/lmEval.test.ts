import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Imported, ImportOptions } from '../../../logs/importers/importer.ts';
import { importLogs } from '../../../logs/importers/registry.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

/** The one log of a path. */
function importLog(path: string, options?: ImportOptions): Imported {
  const [found, ...others] = importLogs(path, options);
  expect(others).toEqual([]);
  return found;
}

/** Writes files and returns their folder. */
function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

const old = (step: number, results: unknown) => ({
  results,
  versions: {},
  config: { model: 'hf-causal', model_args: `pretrained=org/m,revision=step${step}` },
});
// The layout since 0.4, as lm-evaluation-harness 4e7e0d47 writes it.
const recent = (results: unknown, more: Record<string, unknown> = {}) => ({
  results,
  groups: {},
  group_subtasks: { gsm8k: [] },
  configs: {},
  versions: {},
  config: { model: 'hf', model_args: 'pretrained=org/m,revision=step1000' },
  ...more,
});

describe('the old layout', () => {
  test('a folder of checkpoints is a log, in order of their steps, with standard errors', () => {
    const folder = folderOf({
      'b.json': old(2000, { arc: { acc: 0.5, acc_stderr: 0.01, acc_norm: 0.6 } }),
      'a.json': old(10000, { arc: { acc: 0.4, acc_stderr: 0.02 } }),
    });
    const { log, format, notes } = importLog(folder);
    expect(format).toBe('lm-eval');
    expect(notes).toEqual([]);
    expect(log).toMatchObject({ measure: 'acc', higherIsBetter: true, tasks: ['arc'] });
    expect([...log!.steps]).toEqual([2000, 10000]);
    expect([...log!.values[0]]).toEqual([0.5, 0.4]);
    expect([...log!.standardErrors![0]]).toEqual([0.01, 0.02]);
    expect([...log!.trainingTask]).toEqual([-1, -1]);
  });

  test('another metric can be chosen', () => {
    const folder = folderOf({ 'a.json': old(1, { arc: { acc: 0.5, acc_norm: 0.6 }, piqa: { acc: 0.7 } }) });
    const { log } = importLog(folder, { metric: 'acc_norm' });
    expect(log!.tasks).toEqual(['arc']);
    expect(() => importLog(folder, { metric: 'f1' })).toThrow('has no metric f1 (known: acc, acc_norm)');
  });

  test('perplexity is better when it is lower, and that is said', () => {
    const folder = folderOf({ 'a.json': old(1, { wiki: { word_perplexity: 20 } }) });
    const { log, notes } = importLog(folder);
    expect(log!.higherIsBetter).toBe(false);
    expect(notes).toEqual([
      'lower values of word_perplexity are taken to be better, by its name; --better higher says otherwise',
    ]);
  });
});

describe('the layout since 0.4', () => {
  const gsm8k = {
    alias: 'gsm8k',
    'exact_match,strict-match': 0.5,
    'exact_match_stderr,strict-match': 0.0138,
    'exact_match,flexible-extract': 0.52,
    'exact_match_stderr,flexible-extract': 'N/A',
  };

  test('keeps numbers of items, takes the first filter or the one that is named, and knows unknown errors', () => {
    const folder = folderOf({
      'org__m/results_2024-06-01T12-00-00.json': recent(
        { gsm8k },
        { 'n-samples': { gsm8k: { original: 1319, effective: 1000 } } },
      ),
    });
    const { log } = importLog(folder);
    expect(log).toMatchObject({ measure: 'exact_match', tasks: ['gsm8k'] });
    expect([...log!.values[0]]).toEqual([0.5]);
    expect([...log!.counts![0]]).toEqual([1000]);
    const other = importLog(folder, { filter: 'flexible-extract' }).log!;
    expect([...other.values[0]]).toEqual([0.52]);
    expect(other.standardErrors).toBeUndefined();
    expect(() => importLog(folder, { filter: 'none' })).toThrow(
      'no filter none (known: strict-match, flexible-extract)',
    );
  });

  test('groups do not count beside their tasks', () => {
    const cells = { 'acc,none': 0.3 };
    const file = recent(
      { mmlu: cells, mmlu_law: cells, mmlu_bio: cells },
      { groups: { mmlu: cells }, group_subtasks: { mmlu: ['mmlu_law', 'mmlu_bio'] } },
    );
    expect(importLog(folderOf({ 'r.json': file })).log!.tasks).toEqual(['mmlu_law', 'mmlu_bio']);
  });

  test('NaN as Python writes it is a task that was not evaluated, and that is said', () => {
    const text = JSON.stringify(recent({ a: { 'acc,none': 0.5 }, b: { 'acc,none': 'X' } })).replace('"X"', 'NaN');
    const { log, notes } = importLog(folderOf({ 'r.json': text }));
    expect(log!.tasks).toEqual(['a']);
    expect(notes).toEqual(['r.json: b has no number for acc and counts as not evaluated']);
  });

  test('files without a step are numbered by their dates, and that is said', () => {
    const at = (date: number, acc: number) => recent({ a: { 'acc,none': acc } }, { config: { model_args: '' }, date });
    const { log, notes } = importLog(folderOf({ 'x.json': at(200, 0.2), 'y.json': at(100, 0.1) }));
    expect([...log!.values[0]]).toEqual([0.1, 0.2]);
    expect([...log!.steps]).toEqual([0, 1]);
    expect(notes).toEqual(['no file tells its step: they are numbered from 0 in the order of their dates']);
  });

  test('items can be paired by the hash of their documents', () => {
    const samples = (scores: Record<string, number>) =>
      Object.entries(scores)
        .map(([hash, acc]) => JSON.stringify({ doc_id: 0, doc_hash: hash, acc, filter: 'none' }))
        .join('\n');
    const file = (step: number) =>
      recent({ a: { 'acc,none': 0.5 } }, { config: { model_args: `pretrained=m,revision=step${step}` } });
    const { items } = importLog(
      folderOf({
        'results_t1.json': file(1),
        'samples_a_t1.jsonl': samples({ x: 1, y: 0 }),
        'results_t2.json': file(2),
        'samples_a_t2.jsonl': samples({ x: 0, y: 0 }),
        'results_t3.json': file(3),
      }),
    );
    expect([...items!.scores(0, 0)!]).toEqual([['x', 1], ['y', 0]]); // prettier-ignore
    expect([...items!.scores(0, 1)!]).toEqual([['x', 0], ['y', 0]]); // prettier-ignore
    expect(items!.scores(0, 2)).toBeNull();
  });
});

describe('what is broken is named', () => {
  const good = old(1, { arc: { acc: 0.5 } });
  const text = JSON.stringify(good);
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['cut off', { 'a.json': text.slice(0, 40) }, 'a.json is no JSON, or is cut off'],
    ['no results', { 'a.json': { results: 5 } }, 'is in no format that is known'],
    ['a task that is a number', { 'a.json': old(1, { arc: 0.5 }) }, 'results.arc: is 0.5, not an object of metrics'],
    [
      'a metric that is an object',
      { 'a.json': old(1, { arc: { acc: { mean: 0.5 } } }) },
      'results.arc, "acc": {"mean":0.5} is not a number',
    ],
    ['one step twice', { 'a.json': good, 'b.json': good }, 'are both of step 1 and both have arc; keep one of them'],
    ['no usual metric', { 'a.json': old(1, { arc: { zap: 1 } }) }, 'name one with --metric (known: zap)'],
    [
      'steps in some files only',
      { 'a.json': good, 'b.json': { results: { arc: { acc: 1 } } } },
      'b.json: no step in its revision, path or name, though other files have one',
    ],
    [
      'no step and no date',
      { 'x.json': { results: { a: { acc: 1 } } }, 'y.json': { results: { a: { acc: 1 } } } },
      'and no date to order by',
    ],
    ['nothing evaluated', { 'a.json': old(1, { arc: { acc: null } }) }, 'holds no value of acc'],
    ['an empty folder', {}, 'is in no format that is known'],
  ])('%s', (_, files, message) => {
    expect(() => importLog(folderOf(files))).toThrow(message);
  });

  test('a byte order mark and line ends of Windows do no harm', () => {
    const folder = folderOf({ 'a.json': `\u{feff}${JSON.stringify(good, null, 2).replaceAll('\n', '\r\n')}` });
    expect([...importLog(folder).log!.values[0]]).toEqual([0.5]);
  });
});

const pythia = join(import.meta.dirname, '../../../../shared/logs/pythia160m_lm_eval');
test.skipIf(!existsSync(pythia))('Pythia 160M: 27 checkpoints, LAMBADA .399 at step 63,000 and .328 at the end', () => {
  const { log } = importLog(pythia);
  expect(log!.steps).toHaveLength(27);
  const task = log!.tasks.indexOf('lambada_openai');
  const at = (step: number) => log!.values[task][log!.steps.indexOf(step)];
  expect(at(63_000)).toBeCloseTo(0.399, 3);
  expect(at(143_000)).toBeCloseTo(0.328, 3);
});
