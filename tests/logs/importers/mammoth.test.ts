import { describe, expect, test } from 'vitest';
import { importLogs } from '../../../logs/importers/registry.ts';
import { fileOf, folderOf, importOne } from './importing.ts';

interface Spec {
  readonly model?: string;
  readonly seed?: number | null;
  readonly args?: string;
  /** `[evaluation][task]`, in percent. */
  readonly rows?: readonly (readonly number[])[];
  readonly means?: readonly number[];
}

/** A line of logs.pyd as `Logger.write` of Mammoth e75a491 makes it: the arguments, means, accuracies, and what else it measured. */
function line({ model = 'er', seed = 0, args = '', rows = [], means }: Spec): string {
  const all = means ?? rows.map((row) => row.reduce((sum, value) => sum + value, 0) / row.length);
  const cells = [
    ...all.map((mean, i) => `'accmean_task${i + 1}': np.float64(${mean})`),
    ...rows.flatMap((row, i) => row.map((value, j) => `'accuracy_${j + 1}_task${i + 1}': ${value}`)),
  ];
  return `{'dataset': 'seq-mnist', 'model': '${model}', 'seed': ${seed ?? 'None'}, 'device': device(type='cuda', index=0), ${args}${cells.join(', ')}, 'cpu_memory_usage': [812.5], 'gpu_memory_usage': [{0: 64.0}], 'forward_transfer': None, 'backward_transfer': None, 'forgetting': None}\n`;
}

const rows = [[99.86], [88.65, 96.23], [70, 80.5, 97.4]];
const shares = [
  [0.9986, null, null],
  [0.8865, 0.9623, null],
  [0.7, 0.805, 0.974],
];

describe('a run', () => {
  test('is a matrix of shares, under the names of tasks that its keys have', () => {
    const { matrix, log, name, format, notes } = importOne(fileOf(line({ rows }), 'logs.pyd'));
    expect({ name, format, log }).toEqual({ name: 'er-seed0', format: 'mammoth', log: null });
    expect(matrix!.tasks).toEqual(['task1', 'task2', 'task3']);
    expect(matrix!.initial).toBeNull();
    const digits = (row: readonly (number | null)[]) => row.map((value) => value && Number(value.toPrecision(12)));
    expect(matrix!.rows.map(digits)).toEqual(shares);
    expect(notes).toEqual(['accuracies are percentages and were divided by 100']);
  });

  test('may be in fractions, if that is said', () => {
    const path = fileOf(line({ rows: [[0.5], [0.25, 0.75]] }), 'logs.pyd');
    expect(() => importOne(path)).toThrow(
      'no accuracy is above 1, though this tool writes percentages; say which it is',
    );
    expect(importOne(path, { unit: 'fraction' }).matrix!.rows[1]).toEqual([0.25, 0.75]);
  });

  test('that forgets a hundredfold is read, and that is told', () => {
    const { matrix, notes } = importOne(fileOf(line({ rows: [[98], [0.98, 97]] }), 'logs.pyd'));
    expect(matrix!.rows[1][0]).toBeCloseTo(0.0098, 12);
    expect(notes[1]).toBe('task1 is 98 after task1 and 0.98 after task2; both were read as percentages');
  });

  test('with an accuracy that was not measured has none there', () => {
    const text = line({ rows }).replace("'accuracy_2_task3': 80.5", "'accuracy_2_task3': nan");
    expect(importOne(fileOf(text, 'logs.pyd')).matrix!.rows[2][1]).toBeNull();
  });
});

describe('several runs', () => {
  test('of a file go by model and seed, and by line where these are the same', () => {
    const text = line({ rows }) + line({ rows, model: 'der', seed: 7 }) + line({ rows: [[50], [60, 70]] }) + line({ rows, seed: null }); // prettier-ignore
    const found = importLogs(fileOf(text, 'logs.pyd'));
    expect(found.map(({ name }) => name)).toEqual(['er-seed0 (line 1)', 'der-seed7', 'er-seed0 (line 3)', 'er']);
    expect(found[2].matrix!.rows[1]).toEqual([0.6, 0.7]);
  });

  test('of a folder are told apart by their settings, the task-il twin among them', () => {
    const folder = folderOf({
      'class-il/seq-mnist/er/logs.pyd': line({ rows }),
      'task-il/seq-mnist/er/logs.pyd': line({ rows: [[99], [98, 97]] }),
      'task-il/seq-mnist/er/args.txt': 'x',
    });
    expect(importLogs(folder).map(({ name }) => name)).toEqual([
      'class-il/seq-mnist/er-seed0',
      'task-il/seq-mnist/er-seed0',
    ]);
  });

  test('that are the same are one, and that is told', () => {
    const { notes } = importOne(fileOf(line({ rows }).repeat(2), 'logs.pyd'));
    expect(notes[0]).toBe('the run on line 2 is the one on line 1 once more, and was left out');
  });

  test('of which one has means only are read without it, and that is told', () => {
    const text = line({ means: [99, 90], seed: 1 }) + line({ rows });
    const { name, notes } = importOne(fileOf(text, 'logs.pyd'));
    expect(name).toBe('er-seed0');
    expect(notes[0]).toContain('line 1: only means (accmean_task1 to accmean_task2) and no accuracy_1_task1');
  });
});

test('with --validation, the last evaluation on the test set is left out, and that is told', () => {
  const { matrix, notes } = importOne(fileOf(line({ args: "'eval_epochs': None, ", rows: [...rows, [60, 61, 62]] }), 'logs.pyd')); // prettier-ignore
  expect(matrix!.rows).toHaveLength(3);
  expect(matrix!.rows[2][0]).toBeCloseTo(0.7, 12);
  expect(notes[0]).toContain('the last evaluation, of tasks 1 to 3 once more, was left out: with --validation');
});

describe('refused', () => {
  test.each<[string, string, string]>([
    [
      'means only, as in domain-il',
      line({ means: [99, 90] }),
      'logs.pyd, line 1: only means (accmean_task1 to accmean_task2) and no accuracy_1_task1 and so on, without which there is no matrix',
    ],
    [
      'evaluations after epochs',
      line({ args: "'eval_epochs': 1, ", rows: [[99], [99.5], [80, 90], [81, 91]] }),
      'line 1: task2 has 1 accuracies and not 2: it was run with --eval_epochs 1, and Mammoth then numbers evaluations, not tasks',
    ],
    [
      'evaluations of future tasks',
      line({ args: "'eval_future': True, ", rows: [[99], [10, 11], [80, 90], [12], [70, 80, 90]] }),
      'it was run with --eval_future true',
    ],
    [
      'a run that starts at a later task',
      line({
        args: "'start_from': 2, ",
        rows: [
          [70, 80, 90],
          [60, 70, 80, 90],
        ],
      }),
      'task1 has 3 accuracies and not 1: it was run with --start_from 2',
    ],
    [
      'an accuracy that is missing',
      line({ rows }).replace("'accuracy_2_task3': 80.5, ", ''),
      'line 1: accuracy_2_task3 is missing',
    ],
    ['no mean of its accuracies', line({ rows }).replace('96.23', '86.23'), 'line 1: accmean_task2 is 92.44'],
    [
      'an accuracy beyond 100',
      line({ rows: [[998.6]] }),
      '"accuracy_1_task1": the accuracy is 998.6, not between 0 and 100',
    ],
    [
      'an accuracy that is a word',
      line({ rows }).replace('80.5', "'80.5'"),
      '"accuracy_2_task3": the accuracy is "80.5", not a finite number',
    ],
    ['an accuracy that is infinite', line({ rows }).replace('80.5', 'inf'), '"accuracy_2_task3"'],
    [
      'a run cut short',
      line({ rows }).slice(0, -30),
      'a string opens and never closes on its line; it may have been cut short',
    ],
    ['a run on top of one cut short', line({ rows }).slice(0, -30) + line({ rows }), 'logs.pyd, line 1, column'],
    ['the table of 2020', 'task1,task2,forward_transfer,backward_transfer,forgetting,csv_log\n99,90,0,0,0,True\n', 'holds mean accuracies over tasks only'], // prettier-ignore
    ['a task that is not there', line({ rows }).replace('accuracy_2_task3', 'accuracy_2_task99'), 'accuracy_2_task99 stands there, but not all before it'], // prettier-ignore
  ])('%s', (_, text, message) => {
    expect(() => importOne(fileOf(text, 'logs.pyd'))).toThrow(message);
  });

  test('another metric than accuracy', () => {
    expect(() => importOne(fileOf(line({ rows }), 'logs.pyd'), { metric: 'loss' })).toThrow('has no metric loss (known: accuracy)'); // prettier-ignore
  });

  test('what is no dict of Mammoth is not claimed', () => {
    for (const text of ['{"accmean_task1": 3}\n', "{'model': 'er'}\n", "print('accmean_task1')\n"])
      expect(() => importOne(fileOf(text, 'x.pyd'))).toThrow('is in no format that is known');
  });
});
