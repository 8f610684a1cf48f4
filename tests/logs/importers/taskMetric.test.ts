import { array, assert, constantFrom, oneof, property, string, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImportOptions } from '../../../logs/importers/importer.ts';
import { chooseSeries, isBookkeeping, parseSeries } from '../../../logs/importers/shared/taskMetric.ts';

const choose = (names: readonly string[], options: ImportOptions = {}) =>
  chooseSeries(names.map(parseSeries), options, 'log');
const tasksOf = (names: readonly string[], options?: ImportOptions) => Object.fromEntries(choose(names, options).tasks);

describe('a name', () => {
  // Names as the callbacks of Hugging Face, Lightning, Keras, and tutorials of PyTorch and Weights & Biases log them.
  test.each([
    ['eval/arc/acc', 'arc', 'acc', 'eval'],
    ['eval/arc_easy/acc_norm', 'arc_easy', 'acc_norm', 'eval'],
    ['eval/arc_easy_acc_norm', 'arc_easy', 'acc_norm', 'eval'],
    ['eval_arc_easy_accuracy', 'arc_easy', 'accuracy', 'eval'],
    ['gsm8k/exact_match', 'gsm8k', 'exact_match', ''],
    ['humaneval_pass@1', 'humaneval', 'pass@1', ''],
    ['eval_f1_macro', '', 'f1_macro', 'eval'],
    ['eval_arc_f1_macro', 'arc', 'f1_macro', 'eval'],
    ['eval_balanced_accuracy', '', 'balanced_accuracy', 'eval'],
    ['eval_mean_token_accuracy', '', 'mean_token_accuracy', 'eval'],
    ['wikitext/word_perplexity', 'wikitext', 'word_perplexity', ''],
    ['pile_bits_per_byte', 'pile', 'bits_per_byte', ''],
    ['val_loss', '', 'loss', 'val'],
    ['Loss/train', '', 'Loss', 'train'],
    ['Accuracy/test', '', 'Accuracy', 'test'],
    ['Test Accuracy', '', 'Accuracy', 'Test'],
    ['acc_val', '', 'acc', 'val'],
    ['epoch_accuracy', '', 'epoch_accuracy', ''],
    ['accuracy/task_0', 'task_0', 'accuracy', ''],
    ['test_acc/task1', 'task1', 'acc', 'test'],
    ['task_1_acc', 'task_1', 'acc', ''],
    ['arc_25_acc', 'arc_25', 'acc', ''],
    ['top_5_acc', '', 'top_5_acc', ''],
    ['eval/arc', 'arc', '', 'eval'],
    ['arc', 'arc', '', ''],
    ['eval', '', '', 'eval'],
    ['eval_accountant', 'accountant', '', 'eval'],
  ])('%s', (name, task, metric, split) => {
    expect(parseSeries(name)).toEqual({ name, task, metric, split });
  });

  test('of any kind is taken apart without loss: task and metric are parts of it', () => {
    const word = constantFrom('eval', 'arc', 'acc', 'f1', 'macro', '1', 'train', 'loss', 'x');
    const name = array(tuple(word, constantFrom('/', '_', ' ', '-')), { minLength: 1, maxLength: 6 }).map((parts) =>
      parts.map(([text, mark], i) => (i === parts.length - 1 ? text : text + mark)).join(''),
    );
    assert(
      property(oneof(name, string()), (text) => {
        const { task, metric, split } = parseSeries(text);
        for (const part of [metric, split]) expect(text).toContain(part);
        for (const part of task.split('/')) expect(text).toContain(part);
        expect(task.length + metric.length + split.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

test.each([
  ['eval_runtime', true],
  ['eval/arc_samples_per_second', true],
  ['train/global_step', true],
  ['lr-Adam', true],
  ['learning_rate', true],
  ['system/gpu.0.temp', true],
  ['_timestamp', true],
  ['arc_acc_stderr', true],
  ['eval/acc', false],
  ['timetable', false],
  ['lrs2/wer', false],
])('%s is bookkeeping: %s', (name, expected) => {
  expect(isBookkeeping(name)).toBe(expected);
});

describe('without a choice', () => {
  test('the metric most like an accuracy is read, a task for each series that has it', () => {
    const names = ['eval/arc/loss', 'eval/arc/acc', 'eval/piqa/acc', 'eval/wiki/ppl', 'eval/runtime', 'reward'];
    expect(tasksOf(names)).toEqual({ 'eval/arc/acc': 'arc', 'eval/piqa/acc': 'piqa' });
    expect(choose(names)).toMatchObject({
      measure: 'acc',
      notes: ['acc is read, not loss, ppl, reward; --metric names another', 'wiki has no acc and is left out'],
    });
  });

  test('a score comes before names without a metric, these before the loss, that before other losses', () => {
    expect(choose(['a', 'b', 'reward', 'eval/loss']).measure).toBe('reward');
    expect(tasksOf(['a', 'b', 'eval/loss'])).toEqual({ a: 'a', b: 'b' });
    expect(choose(['eval/ppl', 'eval/loss']).measure).toBe('loss');
    expect(choose(['eval/ppl']).measure).toBe('ppl');
  });

  test('names without a metric are tasks, and what that takes for granted is said', () => {
    const { measure, notes } = choose(['eval/arc', 'eval/piqa']);
    expect(measure).toBe('value');
    expect(notes[0]).toMatch(/^the names tell no metric/);
  });

  test('series of the training data are left out beside others, and alone are read', () => {
    expect(tasksOf(['train/acc', 'eval/acc'])).toEqual({ 'eval/acc': 'eval' });
    expect(tasksOf(['acc', 'val_acc', 'arc/acc'])).toEqual({ val_acc: 'val', 'arc/acc': 'arc' });
    expect(choose(['loss', 'eval_loss']).notes).toEqual(['loss is of the training data and left out']);
    expect(tasksOf(['train/loss', 'train/lr'])).toEqual({ 'train/loss': 'train' });
  });

  test('two series of one task keep their whole names', () => {
    expect(tasksOf(['val/arc/acc', 'test/arc/acc', 'test/piqa/acc'])).toEqual({
      'val/arc/acc': 'val/arc/acc',
      'test/arc/acc': 'test/arc/acc',
      'test/piqa/acc': 'piqa',
    });
  });

  test('capitals make no other metric', () => {
    expect(tasksOf(['arc/Accuracy', 'piqa/accuracy'])).toEqual({ 'arc/Accuracy': 'arc', 'piqa/accuracy': 'piqa' });
  });
});

describe('a metric that is asked for', () => {
  const names = ['eval/arc/acc', 'eval/arc/zap', 'eval/piqa/zap', 'mmlu_zip', 'gsm_zip', 'odd_zop', 'train/acc'];

  test.each<[string, Record<string, string>]>([
    ['acc', { 'eval/arc/acc': 'arc' }],
    ['ACC', { 'eval/arc/acc': 'arc' }],
    ['zap', { 'eval/arc/zap': 'arc', 'eval/piqa/zap': 'piqa' }],
    ['zip', { mmlu_zip: 'mmlu', gsm_zip: 'gsm' }],
    ['odd_zop', { odd_zop: 'odd_zop' }],
    ['train/acc', { 'train/acc': 'train' }],
    ['eval/piqa/zap', { 'eval/piqa/zap': 'piqa/zap' }],
  ])('%s', (metric, tasks) => {
    expect(tasksOf(names, { metric })).toEqual(tasks);
  });

  test('and is not there is refused, with those that are', () => {
    expect(() => choose(names, { metric: 'f1' })).toThrow(
      'log has no metric f1 (known: acc, eval/arc/zap, eval/piqa/zap, mmlu_zip, gsm_zip, odd_zop)',
    );
    // The end of one name alone is part of a longer metric.
    expect(() => choose(names, { metric: 'zop' })).toThrow('log has no metric zop');
  });
});
