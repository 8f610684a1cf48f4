import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importLogs } from '../../../logs/importers/registry.ts';
import { fileOf, folderOf, importOne } from './importing.ts';

// Made by NumPy 2.4.6 as FACIL calls it: np.savetxt(f, m, '%.6f', delimiter='\t') of a matrix of zeros with three cells filled.
const stopped = '0.545400\t0.000000\t0.000000\n0.333333\t0.800000\t0.000000\n0.000000\t0.000000\t0.000000\n';
const whole = '0.800000\t0.000000\n0.300000\t0.700000\n';
const taskAware = '0.900000\t0.000000\n0.600000\t0.750000\n';

describe('a matrix', () => {
  test('has values up to the task in training: zeros that FACIL fills in are none, nor are tasks that it has not come to', () => {
    const { matrix, format, notes } = importOne(fileOf(stopped, 'acc_taw-2023-05-27-10-00.txt'));
    expect(format).toBe('facil');
    expect(matrix).toEqual({
      tasks: ['task 0', 'task 1', 'task 2'],
      initial: null,
      rows: [[0.5454, null, null], [0.333333, 0.8, null]], // prettier-ignore
    });
    expect(notes).toEqual(['row 3, and any after it, is 0 throughout: the run stopped before, and it was left out']);
  });

  test('keeps zeros below the diagonal, which are values', () => {
    const { matrix } = importOne(fileOf('0.900000\t0.000000\n0.000000\t0.700000\n', 'acc_tag-x.txt'));
    expect(matrix!.rows).toEqual([[0.9, null], [0, 0.7]]); // prettier-ignore
  });

  test('of one task is read by its name', () => {
    expect(importOne(fileOf('0.500000\n', 'acc_tag-x.txt')).matrix!.rows).toEqual([[0.5]]);
  });

  test('goes by its content under another name', () => {
    expect(importOne(fileOf(whole, 'mine.tsv')).format).toBe('facil');
    expect(() => importOne(fileOf('0.500000\t0.250000\n0.250000\t0.500000\n', 'mine.tsv'))).toThrow('is in no format that is known'); // prettier-ignore
  });

  test.each<[string, string, string, string]>([
    ['forgetting by its name', 'forg_tag-x.txt', '0.000000\t0.000000\n0.100000\t0.000000\n', 'does not hold accuracies of each task'],
    ['forgetting by its content', 'mine.txt', '0.000000\t0.000000\n0.100000\t0.000000\n', 'every task is at 0 right after its training'],
    ['a value above the diagonal', 'acc_tag-x.txt', '0.300000\t0.700000\n0.800000\t0.000000\n', 'row 1, column "task 1": 0.700000 stands above the diagonal'],
    ['a row that is missing', 'acc_tag-x.txt', stopped.split('\n').toSpliced(1, 1).join('\n'), 'has 2 rows and 3 columns'],
    ['percentages', 'acc_tag-x.txt', '80.000000\t0.000000\n30.000000\t70.000000\n', 'row 1: the accuracy is 80, not between 0 and 1; if the file was changed to percentages, say --unit percent'],
    ['nothing but zeros', 'acc_tag-x.txt', '0.000000\t0.000000\n0.000000\t0.000000\n', 'every task is at 0'],
  ])('is refused: %s', (_, name, text, message) => {
    expect(() => importOne(fileOf(text, name))).toThrow(message);
  }); // prettier-ignore

  test('in percent is read where that is said', () => {
    const { matrix } = importOne(fileOf('80.000000\t0.000000\n30.000000\t70.000000\n', 'acc_tag-x.txt'), { unit: 'percent' }); // prettier-ignore
    expect(matrix!.rows).toEqual([[0.8, null], [0.3, 0.7]]); // prettier-ignore
  });
});

describe('a folder', () => {
  const folder = folderOf({
    'cifar100_lwf_a/results/acc_tag-2023-05-27-10-00.txt': stopped,
    'cifar100_lwf_a/results/acc_tag-2023-05-28-09-00.txt': whole,
    'cifar100_lwf_a/results/acc_taw-2023-05-28-09-00.txt': taskAware,
    'cifar100_lwf_a/results/forg_tag-2023-05-28-09-00.txt': '0.000000\t0.000000\n0.500000\t0.000000\n',
    'cifar100_lwf_a/results/avg_accs_tag-2023-05-28-09-00.txt': '0.800000\t0.500000\n',
    'cifar100_ewc_a/results/acc_taw-2023-05-28-09-00.txt': taskAware,
  });

  test('is read by experiment: of several dates the newest, task-agnostic unless told otherwise, all of it said', () => {
    const [ewc, lwf] = importLogs(folder);
    expect([ewc.name, lwf.name]).toEqual(['cifar100_ewc_a', 'cifar100_lwf_a']);
    expect(lwf.path).toBe(join(folder, 'cifar100_lwf_a'));
    expect(lwf.matrix!.rows).toEqual([[0.8, null], [0.3, 0.7]]); // prettier-ignore
    expect(lwf.notes).toEqual([
      'there are 2 runs; the newest was read, cifar100_lwf_a/results/acc_tag-2023-05-28-09-00.txt',
      'accuracies are task-agnostic; --metric taw reads the task-aware ones',
    ]);
    expect(ewc.notes).toEqual(['accuracies are task-aware; there is no acc_tag-*.txt']);
  });

  test('gives the metric that is asked for, or says that it is not there', () => {
    const own = join(folder, 'cifar100_lwf_a');
    expect(importOne(own, { metric: 'taw' }).matrix!.rows[1]).toEqual([0.6, 0.75]);
    expect(importOne(join(own, 'results')).matrix!.rows[1]).toEqual([0.3, 0.7]);
    expect(() => importOne(join(folder, 'cifar100_ewc_a'), { metric: 'tag' })).toThrow('has no acc_tag-*.txt, only');
    expect(() => importOne(own, { metric: 'top5' })).toThrow('has no metric top5 (known: taw, tag)');
  });

  test('without matrices is read from its raw log', () => {
    const raw = folderOf({ 'x/raw_log-2023-05-27-10-00.txt': entries([[0, 0, 80]]) });
    expect(importOne(raw).matrix!.rows).toEqual([[0.8]]);
  });
});

function entries(all: readonly (readonly [task: number, iter: number, value: number])[], name = 'acc_tag'): string {
  return all
    .map(([task, iter, value]) => `{"group": "test", "iter": ${iter}, "name": "${name}", "task": ${task}, "time": "2023-05-27-10-00", "value": ${value}}\n`)
    .join(''); // prettier-ignore
}

describe('a raw log', () => {
  const text = `{"group": "train", "iter": 1, "name": "loss", "task": 0, "time": "2023-05-27-10-00", "value": NaN}\n${entries([[0, 0, 80], [1, 0, 30], [1, 1, 70]])}${entries([[0, 0, 90]], 'acc_taw')}`; // prettier-ignore

  test('has its tests in percent: task is trained, iter evaluated', () => {
    const { matrix, notes } = importOne(fileOf(text));
    expect(matrix).toEqual({ tasks: ['task 0', 'task 1'], initial: null, rows: [[0.8, null], [0.3, 0.7]] }); // prettier-ignore
    expect(notes[0]).toContain('accuracies are task-agnostic');
    expect(importOne(fileOf(text), { metric: 'acc_taw' }).matrix!.rows).toEqual([[0.9]]);
  });

  test('whose last line is cut short is read without it, and that is told', () => {
    const { matrix, notes } = importOne(fileOf(entries([[0, 0, 80], [1, 0, 30], [1, 1, 70]]).slice(0, -8))); // prettier-ignore
    expect(matrix!.rows[1]).toEqual([0.3, null]);
    expect(notes).toContain('row 3, the last, is cut short and was left out');
  });

  test.each<[string, string, string]>([
    ['a second run', entries([[0, 0, 80], [1, 0, 30], [0, 0, 81]]), 'row 3: task 0 comes after task 1'],
    ['a task before its training', entries([[0, 0, 80], [0, 1, 30]]), 'row 2: task 1 is tested after task 0, before its training'],
    ['two values', entries([[0, 0, 80], [0, 0, 81]]), 'row 2: task 0 has two values after task 0: 80 and 81'],
    ['a value beyond 100', entries([[0, 0, 800]]), 'row 1, "value": the accuracy is 800, not between 0 and 100'],
    ['no test', '{"group": "train", "iter": 1, "name": "loss", "task": 0, "time": "x", "value": 2}\n', 'holds no test with acc_tag'],
    ['a line that is no JSON', `${entries([[0, 0, 80]])}oops\n`, 'row 2 is no JSON'],
  ])('is refused: %s', (_, broken, message) => {
    expect(() => importOne(fileOf(broken))).toThrow(message);
  }); // prettier-ignore
});

describe('its output', () => {
  // The form of a real line, of issue 4 of xialeiliu/Long-Tailed-CIL, and its last values: 47.8 from 60.2, 48.0 from 55.0.
  const line = (task: number, aware: number, awareDrop: number, agnostic: number, drop: number): string => {
    const percent = (value: number): string => `${value.toFixed(1).padStart(5)}%`;
    return `>>> Test on task ${String(task).padStart(2)} : loss=2.538 | TAw acc=${percent(aware)}, forg=${percent(awareDrop)}| TAg acc=${percent(agnostic)}, forg=${percent(drop)} <<<`;
  };
  const real = '>>> Test on task  0 : loss=2.538 | TAw acc= 55.7%, forg=  4.5%| TAg acc= 47.8%, forg= 12.4% <<<';
  const stars = '*'.repeat(108);
  const lines = [
    stars, 'Task  0', stars, line(0, 60.2, 0, 60.2, 0), 'Save at /mnt/data', stars, 'Task  1', stars,
    line(0, 58, 2.2, 50, 10.2), line(1, 84.8, 0, 55, 0), 'Task  2',
    real, line(1, 84.6, 0.2, 48, 7), line(2, 84.6, 0, 39.4, 0), '',
  ]; // prettier-ignore

  test('has the rows of each task, to a decimal of a percentage, which is said', () => {
    const { matrix, notes } = importOne(fileOf(lines.join('\n')));
    expect(matrix!.tasks).toEqual(['task 0', 'task 1', 'task 2']);
    expect(matrix!.rows[2].map((value) => value!.toFixed(4))).toEqual(['0.4780', '0.4800', '0.3940']);
    expect(matrix!.rows[0]).toEqual([0.602, null, null]);
    expect(notes.at(-2)).toContain('one decimal of a percentage');
    expect(importOne(fileOf(lines.join('\n')), { metric: 'taw' }).matrix!.rows[1][1]).toBeCloseTo(0.848, 12);
  });

  test('is known by the lines of its epochs, where the first task is long', () => {
    const epoch = '| Epoch   1, time=  1.8s | Train: skip eval | Valid: time=  1.9s loss=2.865, TAw acc= 40.0% | * lr=1.0e-01\n'; // prettier-ignore
    expect(importOne(fileOf(epoch.repeat(1000) + lines.join('\n'))).format).toBe('facil');
  });

  test.each<[string, string[], string]>([
    ['tests without what was trained', [real], 'line 1: no line "Task  0" says which task was trained before'],
    ['a task whose tests are missing', lines.toSpliced(8, 2), 'line 9: after task 1 tasks 0 to 1 are tested in turn, and none was'],
    ['a test that is missing', lines.toSpliced(8, 1), 'line 9: after task 1 tasks 0 to 1 are tested in turn, and none was'],
    ['a line of a training that is missing', lines.toSpliced(6, 1), 'line 8: after task 0 tasks 0 to 0 are tested in turn, and the last was 0'],
    ['lines that were moved', lines.with(3, lines[8]).with(8, lines[3]), 'line 4: task 0 has forg= 10.2%, but is 0.0 below its best'],
    ['a value that was changed', lines.with(9, lines[9].replace('55.0%', '45.0%')), 'line 13: task 1 has forg= 7%, but is -3.0 below its best'],
    ['a second run', [...lines, ...lines], 'line 17: task 0 begins after task 2'],
    ['a line that is changed', lines.with(3, lines[3].replace('<<<', '<')), 'line 4: ">>> Test on task  0'],
  ])('is refused: %s', (_, broken, message) => {
    expect(() => importOne(fileOf(broken.join('\n')))).toThrow(message);
  }); // prettier-ignore
});
