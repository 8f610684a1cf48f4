import { describe, expect, test } from 'vitest';
import { importLogs } from '../../../logs/importers/registry.ts';
import { fileOf, folderOf, importOne } from './importing.ts';

/** Lines of the log format of PyCIL and PILOT (`%(asctime)s [%(filename)s] => %(message)s`), a second apart. */
function log(messages: readonly string[], from = 0): string {
  return messages
    .map((message, i) => {
      const time = new Date(Date.UTC(2024, 4, 6, 14, 41, from + i)).toISOString().slice(0, 19).replace('T', ' ');
      return `${time},433 [trainer.py] => ${message}\n`;
    })
    .join('');
}

const header = (initial: number, increment: number, seed = 1993): string[] => [
  'prefix: reproduce',
  'dataset: cifar100',
  `init_cls: ${initial}`,
  `increment: ${increment}`,
  'model_name: icarl',
  `seed: ${seed}`,
  'All params: 464154',
];

interface Form {
  /** Classes of a group. */
  readonly width?: number;
  /** Classes of the first group. */
  readonly first?: number;
  readonly metric?: string;
  readonly scalar?: (value: number) => string;
}

/** A line of results for groups of a width, with the total that balanced test sets give. */
function results(accuracies: readonly number[], form: Form = {}): string {
  const { width = 10, metric = 'CNN', scalar = String } = form;
  const first = form.first ?? width;
  const groups = accuracies.map((value, i) => {
    const from = i === 0 ? 0 : first + (i - 1) * width;
    const size = i === 0 ? first : width;
    const digits = (classes: number): string => String(classes).padStart(2, '0');
    return { text: `'${digits(from)}-${digits(from + size - 1)}': ${scalar(value)}`, value, size };
  });
  const classes = groups.reduce((sum, { size }) => sum + size, 0);
  const total = groups.reduce((sum, { value, size }) => sum + value * size, 0) / classes;
  return `${metric}: {'total': ${scalar(Number(total.toFixed(2)))}, ${groups.map(({ text }) => text).join(', ')}, 'old': 0, 'new': ${scalar(accuracies.at(-1)!)}}`;
}

const stages = [results([88.4]), results([71.3, 82.8]), results([60.5, 62.7, 86])];

describe('a run', () => {
  test('whose stages add a group each is a matrix, groups under their own names', () => {
    const { matrix, log: found, name, format, notes } = importOne(fileOf(log([...header(10, 10), ...stages]), 'x.log'));
    expect({ name, format, found }).toEqual({ name: 'icarl-seed1993', format: 'pycil', found: null });
    expect(matrix!.tasks).toEqual(['00-09', '10-19', '20-29']);
    expect(matrix!.rows.map((row) => row.map((value) => value && Number(value.toFixed(6))))).toEqual([
      [0.884, null, null],
      [0.713, 0.828, null],
      [0.605, 0.627, 0.86],
    ]);
    expect(notes).toEqual(['accuracies are percentages and were divided by 100']);
  });

  test('of newer NumPy prints its scalars', () => {
    const scalar = (value: number): string => `np.float64(${value})`;
    const text = log([...header(10, 10), results([88.4], { scalar }), results([71.3, 82.8], { scalar })]);
    expect(importOne(fileOf(text)).matrix!.rows[1][1]).toBeCloseTo(0.828, 12);
  });

  // As strings `100-109` would come before `20-29`.
  test('has groups of three digits in the order of their classes', () => {
    const names = [...Array(11).keys()].map((i) => `${String(i * 10).padStart(2, '0')}-${String(i * 10 + 9).padStart(2, '0')}`); // prettier-ignore
    const line = (count: number): string => `CNN: {'total': 50.0, ${names.slice(0, count).map((name) => `'${name}': 50.0`).join(', ')}}`; // prettier-ignore
    const text = log([...header(10, 10), ...names.map((_, i) => line(i + 1))]);
    expect(importOne(fileOf(text)).matrix!.tasks).toEqual(names);
    expect(names.at(-1)).toBe('100-109');
  });

  test('of PILOT has groups of the width of its stages', () => {
    const options = { first: 50, width: 5 };
    const text = log([...header(50, 5), results([80], options), results([75, 60], options), results([70, 40, 65], options)]); // prettier-ignore
    const { matrix } = importOne(fileOf(text));
    expect(matrix!.tasks).toEqual(['00-49', '50-54', '55-59']);
    expect(matrix!.rows[2].map((value) => value!.toFixed(2))).toEqual(['0.70', '0.40', '0.65']);
  });

  test('that was stopped is read as far as it went, a line cut short left out and told', () => {
    const text = log([...header(10, 10), ...stages]);
    const { matrix, notes } = importOne(fileOf(text.slice(0, -20)));
    expect(matrix!.rows).toHaveLength(2);
    expect(notes[0]).toBe('row 10, the last, is cut short and was left out');
  });

  test('has NME by --metric, of which CNN is the default', () => {
    const both = [results([88]), results([85], { metric: 'NME' }), results([70, 80]), results([75, 77], { metric: 'NME' })]; // prettier-ignore
    const path = fileOf(log([...header(10, 10), ...both]));
    expect(importOne(path, { metric: 'nme' }).matrix!.rows[1][0]).toBeCloseTo(0.75, 12);
    expect(importOne(path).matrix!.rows[1][0]).toBeCloseTo(0.7, 12);
    expect(() => importOne(path, { metric: 'top5' })).toThrow('has no metric top5 (known: CNN, NME)');
    expect(() => importOne(fileOf(log([...header(10, 10), ...stages])), { metric: 'NME' })).toThrow('has no line "NME: {…}", only of CNN: say --metric CNN'); // prettier-ignore
  });
});

test('stages that add several groups make a log by stage, and why there is no matrix is told', () => {
  const text = log([...header(20, 10), results([90, 80]), results([70, 60, 85])]);
  const { matrix, log: found, notes } = importOne(fileOf(text));
  expect(matrix).toBeNull();
  expect(found!.tasks).toEqual(['00-09', '10-19', '20-29']);
  expect([...found!.steps]).toEqual([1, 2]);
  expect([...found!.trainingTask]).toEqual([-1, 2]);
  expect([...found!.values[0]]).toEqual([0.9, 0.7]);
  expect([...found!.values[2]]).toEqual([NaN, 0.85]);
  expect(notes.at(-1)).toContain('stage 1 adds 2 groups of classes at once');
});

describe('several runs', () => {
  test('of a file, as all seeds of a call write into one, are told apart by seed', () => {
    const text = log([...header(10, 10, 1), ...stages]) + log([...header(10, 10, 2), ...stages.slice(0, 2)], 100);
    const [one, two] = importLogs(fileOf(text));
    expect([one.name, two.name]).toEqual(['icarl-seed1', 'icarl-seed2']);
    expect([one.matrix!.rows.length, two.matrix!.rows.length]).toEqual([3, 2]);
    expect(one.notes[0]).toContain('the file holds 2 runs');
    const again = log([...header(10, 10, 1), ...stages]) + log([...header(10, 10, 1), ...stages], 100);
    expect(importLogs(fileOf(again)).map(({ name }) => name)).toEqual(['icarl-seed1 (run 1)', 'icarl-seed1 (run 2)']);
  });

  test('that were started again before a result are one', () => {
    const text = log(header(10, 10)) + log([...header(10, 10), ...stages], 100);
    expect(importOne(fileOf(text)).matrix!.rows).toHaveLength(3);
  });

  test('of a folder go by their files', () => {
    const text = log([...header(10, 10), ...stages]);
    const folder = folderOf({
      'icarl/cifar100/0/10/a.log': text,
      'icarl/cifar100/0/10/b.log': text,
      'other.log': 'x\n',
    });
    expect(importLogs(folder).map(({ name }) => name)).toEqual(['icarl/cifar100/0/10/a', 'icarl/cifar100/0/10/b']);
  });
});

describe('refused', () => {
  test.each<[string, readonly string[], string]>([
    [
      "groups that grow, as PyCIL's do with increments of five",
      [...header(5, 5), results([88]), results([70])],
      'row 8: the classes 00-09 are learnt over several stages',
    ],
    [
      'groups that grow, in a log without arguments',
      [results([88]), results([70])],
      'row 2: the classes 00-09 are learnt over several stages',
    ],
    [
      'groups that grow though each stage adds one',
      [...header(15, 15), results([88, 80]), results([70, 75, 80])],
      'row 8: the classes 10-19 are learnt over several stages',
    ],
    [
      'a first stage that is missing',
      [...header(10, 10), ...stages.slice(1)],
      'row 8: 10-19 cannot be known after stage 1 of 10 and then 10 classes each; is the line of a stage missing?',
    ],
    ['a group that goes', [...header(10, 10), stages[1], stages[0]], 'row 8: 10-19 cannot be known'],
    ['a group that goes, without arguments', [stages[1], stages[0]], 'stage 2 lacks groups of classes of the stage before'],
    ['no groups', [...header(10, 10), "CNN: {'total': 80.0, 'old': 79.0, 'new': 81.0}"], "no accuracy of a group of classes such as '00-09'"],
    ['a total that is none of its groups', [...header(10, 10), stages[0], stages[1].replace('77.05', '97.05')], 'row 9: the total 97.05 is no mean of its groups'],
    ['an accuracy beyond 100', [...header(10, 10), "CNN: {'00-09': 884}"], 'row 8: the accuracy is 884, not between 0 and 100'],
    ['an accuracy that is a word', [...header(10, 10), "CNN: {'00-09': 'x'}"], 'row 8, "00-09": the accuracy is "x", not a finite number'],
    ['no results', header(10, 10), 'has no line "CNN: {…}"; was a stage trained to its end?'],
  ])('%s', (_, messages, message) => {
    expect(() => importOne(fileOf(log(messages)))).toThrow(message);
  }); // prettier-ignore

  test('lines whose times go back', () => {
    const text = log([...header(10, 10), ...stages]);
    expect(() => importOne(fileOf(text + text))).toThrow(
      'row 11: 2024-05-06 14:41:00,433 comes after 2024-05-06 14:41:09,433',
    );
  });

  test('a log of another program in the same form is not claimed', () => {
    const other = '2024-05-06 14:41:19,433 [main.py] => loss 3\n';
    expect(() => importOne(fileOf(other))).toThrow('is in no format that is known');
  });
});

test('a total far from the mean by classes is told: test sets of unequal size, or a number that was changed', () => {
  const { notes } = importOne(fileOf(log([...header(10, 10), stages[0], stages[1].replace('71.3', '51.3')])));
  expect(notes[0]).toContain('row 9: the total is 77.05, the mean of the groups by their classes 67.05');
});
