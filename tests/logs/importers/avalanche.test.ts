import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { matrixOfLog } from '../../../logs/importers/shared/conversions.ts';
import { importLogs } from '../../../logs/importers/registry.ts';
import { fileOf, folderOf, importOne } from './importing.ts';

const header = 'eval_exp,training_exp,eval_accuracy,eval_loss,forgetting';
const results = (rows: readonly string[]): string => `${[header, ...rows].join('\n')}\n`;
const rows = [
  '0,None,0.1012,2.4026,0',
  '1,None,0.0988,2.4026,0',
  '0,0,0.9871,0.0432,0',
  '1,0,0.0000,5.8231,0',
  '0,1,0.3125,4.0310,0.6746',
  '1,1,0.9804,0.0612,0',
];

describe('eval_results.csv', () => {
  test('is a matrix, of which the rows before training are the untrained model', () => {
    const { matrix, log, format, notes } = importOne(fileOf(results(rows), 'eval_results.csv'));
    expect({ format, log, notes }).toEqual({ format: 'avalanche', log: null, notes: [] });
    expect(matrix).toEqual({
      tasks: ['Exp000', 'Exp001'],
      initial: [0.1012, 0.0988],
      rows: [[0.9871, 0], [0.3125, 0.9804]], // prettier-ignore
    });
  });

  test('may hold tasks seen only, or tasks never trained', () => {
    const seen = importOne(fileOf(results(['0,0,0.5000,1.0000,0', '0,1,0.4000,1.0000,0', '1,1,0.6000,1.0000,0'])));
    expect(seen.matrix!.rows[0]).toEqual([0.5, null]);
    expect(seen.matrix!.initial).toBeNull();
    const more = importOne(fileOf(results(['2,0,0.5000,1.0000,0', '0,0,0.7000,1.0000,0'])));
    expect(more.matrix).toEqual({ tasks: ['Exp000', 'Exp002'], initial: null, rows: [[0.7, 0.5]] });
  });

  test('gives losses as a log, by the number of experiences trained', () => {
    const { matrix, log, notes } = importOne(fileOf(results(rows)), { metric: 'eval_loss' });
    expect(matrix).toBeNull();
    expect(log).toMatchObject({ measure: 'eval_loss', higherIsBetter: false });
    expect([...log!.steps]).toEqual([0, 1, 2]);
    expect([...log!.trainingTask]).toEqual([-1, 0, 1]);
    expect([...log!.values[0]]).toEqual([2.4026, 0.0432, 4.031]);
    expect(notes.join()).toContain('lower values of eval_loss are taken to be better');
  });

  test('has a bare 0 where accuracy was not monitored: no value, and if there is nothing else no file', () => {
    const some = importOne(fileOf(results([...rows, '2,1,0,0,0'])));
    expect(some.matrix!.tasks).toEqual(['Exp000', 'Exp001', 'Exp002']);
    expect(some.matrix!.rows[1][2]).toBeNull();
    expect(some.notes[0]).toContain('1 row has the bare 0 of a metric that was not monitored');
    for (const zero of ['0', '0.0000'])
      expect(() => importOne(fileOf(results([`0,0,${zero},1.0,0`, `1,0,${zero},1.0,0`])))).toThrow(
        'eval_accuracy is 0 in every row, as Avalanche writes it where the metric was not monitored',
      );
  });

  test('written again by another program has zeros that are values, and that is told', () => {
    const { matrix, notes } = importOne(fileOf(results(['0,0,0.9871,0.04,0', '1,0,0,5.82,0', '0,1,0.5,5.82,0'])));
    expect(matrix!.rows[0]).toEqual([0.9871, 0]);
    expect(notes[0]).toContain('0 is taken for a value');
  });

  test('tells an order of training that is not the usual one', () => {
    const { matrix, notes } = importOne(fileOf(results(['1,1,0.5000,1.0,0', '0,0,0.4000,1.0,0'])));
    expect(matrix!.tasks).toEqual(['Exp001', 'Exp000']);
    expect(notes).toEqual(['by the order of rows, experiences were trained in the order Exp001, Exp000']);
  });

  test.each<[string, readonly string[], string]>([
    ['two streams in one', ['0,0,0.5000,1,0', '0,0,0.6000,1,0'], 'row 3: Exp000 has two values after Exp000: 0.5 and 0.6; keep one of them'],
    ['an experience trained again', ['0,0,0.5000,1,0', '0,1,0.5000,1,0', '0,0,0.6000,1,0'], 'row 4: Exp000 is trained again after Exp001'],
    ['an untrained model at the end', ['0,0,0.5000,1,0', '0,None,0.1000,1,0'], 'row 3: the untrained model comes after Exp000'],
    ['percentages', ['0,0,98.7100,1,0'], 'row 2: the accuracy is 98.71, not between 0 and 1; if the file was changed to percentages, say --unit percent'],
    ['a tensor', ['0,0,', 'tensor(0.5000),1,0'], 'row 2: 3 cells instead of 5'],
    ['an experience that is no number', ['a,0,0.5000,1,0'], 'row 2, column "eval_exp": "a" is not the number of an experience'],
  ])('refuses %s', (_, broken, message) => {
    expect(() => importOne(fileOf(results(broken)))).toThrow(message);
  }); // prettier-ignore

  test('refuses forgetting, which is computed from the matrix', () => {
    expect(() => importOne(fileOf(results(rows)), { metric: 'forgetting' })).toThrow(
      'has no metric forgetting that can be read (known: eval_accuracy, eval_loss)',
    );
  });
});

describe('training_results.csv', () => {
  const columns = 'training_exp,epoch,training_accuracy,val_accuracy,training_loss,val_loss';
  const file = (lines: readonly string[]): string => fileOf(`${[columns, ...lines].join('\n')}\n`);

  test('is a log by epoch of the experience in training, said to be over its training data', () => {
    const { log, notes } = importOne(file(['0,0,0.8000,0,0.4,0', '0,1,0.9000,0.9,0.2,0.1', '1,0,0.7000,0.9,0.5,0.1']));
    expect(log!.tasks).toEqual(['Exp000', 'Exp001']);
    expect([...log!.steps]).toEqual([1, 2, 3]);
    expect([...log!.trainingTask]).toEqual([0, 0, 1]);
    expect([...log!.values[0]]).toEqual([0.8, 0.9, NaN]);
    expect(notes).toEqual([
      'training_accuracy is over the data in training during an epoch, not over test data; steps are epochs',
      'experiences were trained for different numbers of epochs',
    ]);
  });

  test('has values of validation that are not read: they are of an earlier epoch', () => {
    expect(() => importOne(file(['0,0,0.8,0,0.4,0']), { metric: 'val_accuracy' })).toThrow(
      'has no metric val_accuracy that can be read (known: training_accuracy, training_loss)',
    );
  });

  test.each<[string, readonly string[], string]>([
    ['an epoch that is missing', ['0,0,0.8,0,0.4,0', '0,2,0.9,0,0.2,0'], 'row 3, column "epoch": epoch 2 of Exp000 stands where epoch 1 should'],
    ['a first epoch that is missing', ['0,1,0.8,0,0.4,0'], 'row 2, column "epoch": epoch 1 of Exp000 stands where epoch 0 should'],
    ['an experience trained again', ['0,0,0.8,0,0.4,0', '1,0,0.8,0,0.4,0', '0,0,0.8,0,0.4,0'], 'row 4, column "training_exp": Exp000 is trained again after Exp001'],
    ['what was not monitored', ['0,0,0,0,0.4,0'], 'training_accuracy is 0 in every row'],
  ])('refuses %s', (_, broken, message) => {
    expect(() => importOne(file(broken))).toThrow(message);
  }); // prettier-ignore
});

describe('a folder', () => {
  test('of a CSVLogger is its evaluations, and the other file is named', () => {
    const folder = folderOf({
      'run/eval_results.csv': results(rows),
      'run/training_results.csv': 'training_exp,epoch,training_accuracy,val_accuracy,training_loss,val_loss\n0,0,0.9,0,0.3,0\n',
    }); // prettier-ignore
    const { name, path, matrix, notes } = importOne(folder);
    expect({ name, path }).toEqual({ name: 'run', path: join(folder, 'run/eval_results.csv') });
    expect(matrix!.rows).toHaveLength(2);
    expect(notes).toEqual(['training_results.csv, of the data in training, is read where it is named']);
  });

  test('of several runs is read run by run', () => {
    const folder = folderOf({ 'a/eval_results.csv': results(rows), 'b/eval_results.csv': results(rows) });
    expect(importLogs(folder).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('of ocl_survey has JSON lines, which count before the same as text', () => {
    const folder = folderOf({
      '0/logs.json': '{"step": 10, "Top1_Acc_Exp/eval_phase/test_stream/Task000/Exp000": 0.5}\n',
      '0/logs.txt': '-- >> Start of training phase << --\n',
      '0/config.yaml': 'seed: 0\n',
    });
    expect(importOne(folder).log!.values[0][0]).toBe(0.5);
  });
});

describe('JSON lines of ocl_survey', () => {
  // Lines 711, 1422 and 2133 of results/er_split_cifar100_20_2000/0/logs.json at 5fcaa39, without losses and cumulative accuracies.
  const real = [
    '{"step": 711, "Loss_Epoch/train_phase/train_stream/Task000": 0.0, "mb_index": 238, "time": 30.486888885498047, "Top1_Acc_Exp/eval_phase/test_stream/Task000/Exp000": 0.67, "Top1_Acc_Stream/eval_phase/test_stream/Task000": 0.67}',
    '{"step": 1422, "Loss_Epoch/train_phase/train_stream/Task000": 0.0, "mb_index": 476, "time": 55.64338660240173, "Top1_Acc_Exp/eval_phase/test_stream/Task000/Exp000": 0.406, "Top1_Acc_Exp/eval_phase/test_stream/Task000/Exp001": 0.81, "Top1_Acc_Stream/eval_phase/test_stream/Task000": 0.608}',
    '{"step": 2133, "Loss_Epoch/train_phase/train_stream/Task000": 0.0, "mb_index": 714, "time": 81.62345242500305, "Top1_Acc_Exp/eval_phase/test_stream/Task000/Exp000": 0.292, "Top1_Acc_Exp/eval_phase/test_stream/Task000/Exp001": 0.638, "Top1_Acc_Exp/eval_phase/test_stream/Task000/Exp002": 0.49, "Top1_Acc_Stream/eval_phase/test_stream/Task000": 0.47333333333333333}',
  ];
  const matrix = { tasks: ['Exp000', 'Exp001', 'Exp002'], initial: null, rows: [[0.67, null, null], [0.406, 0.81, null], [0.292, 0.638, 0.49]] }; // prettier-ignore

  test('are a log by update, and a matrix where experiences are evaluated once each', () => {
    const found = importOne(fileOf(`{"step": 1, "Loss_Epoch/train_phase/train_stream/Task000": 1.9}\n${real.join('\n')}\n`, 'logs.json')); // prettier-ignore
    expect([...found.log!.steps]).toEqual([711, 1422, 2133]);
    expect([...found.log!.trainingTask]).toEqual([0, 1, 2]);
    expect([...found.log!.values[1]]).toEqual([NaN, 0.81, 0.638]);
    expect(found.matrix).toEqual(matrix);
    expect(matrixOfLog(found.log!)).toEqual(matrix);
    expect(found.notes).toEqual(['the task in training is taken for the newest experience that is evaluated']);
  });

  test('numbered from 0 after each training are numbered from 1, so that the first is not the untrained model', () => {
    const numbered = real.map((line, i) => line.replace(/"step": \d+/, `"step": ${i}`));
    const found = importOne(fileOf(`${numbered.join('\n')}\n`));
    expect([...found.log!.steps]).toEqual([1, 2, 3]);
    expect(matrixOfLog(found.log!)!.initial).toBeNull();
    expect(found.notes).toContain('steps number the experiences trained, from 1');
  });

  const at = (step: number, values: readonly number[], stream = 'valid'): string =>
    JSON.stringify({ step, ...Object.fromEntries(values.map((value, i) => [`Top1_Acc_Exp/eval_phase/${stream}_stream/Task000/Exp00${i}`, value])) }); // prettier-ignore

  test('of evaluation during training, which may be written out of order, are a log; at a switch two rows share a step', () => {
    const lines = [at(1, [0.3]), at(3, [0.5, 0.1]), at(2, [0.4]), at(3, [0.5]), at(4, [0.4, 0.6])];
    const { log, matrix: none, notes } = importOne(fileOf(`${lines.join('\n')}\n`));
    expect(none).toBeNull();
    expect([...log!.steps]).toEqual([1, 2, 3, 3, 4]);
    expect([...log!.trainingTask]).toEqual([0, 0, 0, 1, 1]);
    expect([...log!.values[1]]).toEqual([NaN, NaN, NaN, 0.1, 0.6]);
    expect(notes[0]).toBe('Top1_Acc_Exp is of the valid stream');
  });

  test('that evaluate all experiences always do not tell what is in training', () => {
    const { log } = importOne(fileOf(`${at(1, [0.3, 0.1])}\n${at(2, [0.2, 0.4])}\n`));
    expect([...log!.trainingTask]).toEqual([-1, -1]);
  });

  test('of several streams are read from the test stream, or the one that is named', () => {
    const both = `${at(1, [0.3])}\n${at(1, [0.5], 'test')}\n`;
    expect(importOne(fileOf(both)).log!.values[0][0]).toBe(0.5);
    for (const metric of ['Top1_Acc_Exp/eval_phase/valid_stream', 'Top1_Acc_Exp/valid'])
      expect(importOne(fileOf(both), { metric }).log!.values[0][0]).toBe(0.3);
    expect(() => importOne(fileOf(both), { metric: 'Top1_Acc_Exp/train' })).toThrow('of a stream train (known: valid, test)'); // prettier-ignore
    const neither = `${at(1, [0.3])}\n${at(1, [0.5], 'train')}\n`;
    expect(() => importOne(fileOf(neither))).toThrow('has Top1_Acc_Exp of several streams, valid, train; name one');
  });

  test.each<[string, string, string]>([
    ['two values', `${at(1, [0.3])}\n${at(1, [0.4])}\n`, 'row 2: Exp000 has two values at step 1: 0.3 and 0.4'],
    ['a value that is a word', `${at(1, [0.3]).replace('0.3', '"x"')}\n`, 'Exp000": "x" is not a number'],
    ['percentages', `${at(1, [30])}\n`, 'the accuracy is 30, not between 0 and 1'],
    ['another metric', `${at(1, [0.3])}\n`, 'has no metric Loss_Exp; name one with --metric (known: Top1_Acc_Exp)'],
    ['no experience', '{"step": 1, "Top1_Acc_Stream/eval_phase/test_stream/Task000": 0.5}\n', 'has no metric of an experience'],
  ])('refuse %s', (title, text, message) => {
    expect(() => importOne(fileOf(text), title === 'another metric' ? { metric: 'Loss_Exp' } : {})).toThrow(message);
  }); // prettier-ignore
});
