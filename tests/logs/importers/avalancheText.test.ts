import { describe, expect, test } from 'vitest';
import { fileOf, importOne } from './importing.ts';

/** The lines of an evaluation as TextLogger prints them. */
function evaluation(values: readonly number[], stream = 'test', first = 0, label = 'Task000'): string[] {
  return [
    '-- >> Start of eval phase << --',
    ...values.flatMap((value, i) => [
      `-- Starting eval on experience ${first + i} (Task 0) from ${stream} stream --`,
      `> Eval on experience ${first + i} (Task 0) from ${stream} stream ended.`,
      `\tLoss_Exp/eval_phase/${stream}_stream/${label}/Exp00${first + i} = ${(1 - value).toFixed(4)}`,
      `\tTop1_Acc_Exp/eval_phase/${stream}_stream/${label}/Exp00${first + i} = ${value.toFixed(4)}`,
    ]),
    '-- >> End of eval phase << --',
    `\tLoss_Stream/eval_phase/${stream}_stream/${label} = 1.0000`,
    `\tTop1_Acc_Stream/eval_phase/${stream}_stream/${label} = 0.5000`,
  ];
}

const starts = (id: number): string => `-- Starting training on experience ${id} (Task 0) from train stream --`;
const epoch = (number: number, label = 'Task000'): string[] => [
  `Epoch ${number} ended.`,
  `\tTop1_Acc_Epoch/train_phase/train_stream/${label} = 0.8935`,
];
const training = (...lines: readonly string[]): string[] => ['-- >> Start of training phase << --', ...lines, '-- >> End of training phase << --']; // prettier-ignore
const file = (...lines: readonly string[]): string => fileOf(`${lines.join('\n')}\n`);

// Phases 1 and 2 of the output of Avalanche's tutorial 04 (eb075be), with its own values; InteractiveLogger names no experience in training.
const tutorial = [
  'Start of experience:  0',
  ...training('100%|##########| 114/114 [00:00<00:00, 182.57it/s]', ...epoch(0), ...epoch(1)),
  'Training completed',
  ...evaluation([0.9805, 0, 0]),
  ...training(...epoch(0)),
  ...evaluation([0, 0.9917, 0]),
];

describe('evaluations after each training', () => {
  test('are a matrix; which experience is trained is counted where no line says it, and that is told', () => {
    const { matrix, log, format, notes } = importOne(file(...tutorial));
    expect({ format, log }).toEqual({ format: 'avalanche', log: null });
    expect(matrix).toEqual({
      tasks: ['Exp000', 'Exp001', 'Exp002'],
      initial: null,
      rows: [[0.9805, 0, 0], [0, 0.9917, 0]], // prettier-ignore
    });
    expect(notes).toEqual(['no line tells which experience is in training: the first training is taken to be on Exp000, and so on']); // prettier-ignore
  });

  test('go by the experiences that TextLogger names', () => {
    const { matrix, notes } = importOne(
      file(...training(starts(1), ...epoch(0)), ...evaluation([0.2, 0.9]), ...training(starts(0), ...epoch(0)), ...evaluation([0.8, 0.7])), // prettier-ignore
    );
    expect(matrix).toEqual({ tasks: ['Exp001', 'Exp000'], initial: null, rows: [[0.9, 0.2], [0.7, 0.8]] }); // prettier-ignore
    expect(notes).toEqual([]);
  });

  // As in Avalanche's notebook on checkpoints, whose first printed training is the second one.
  test('go by task labels where each experience has its own', () => {
    const labelled = (values: readonly number[]): string[] => [...evaluation([values[0]], 'test', 0, 'Task000'), ...evaluation([values[1]], 'test', 1, 'Task001')]; // prettier-ignore
    const { matrix, notes } = importOne(file(...training(...epoch(0, 'Task001')), ...labelled([0.9941, 0.985])));
    expect(matrix).toEqual({ tasks: ['Exp001', 'Exp000'], initial: null, rows: [[0.985, 0.9941]] });
    expect(notes).toEqual(['which experience is in training is told by its task label']);
  });

  test('go by training where a stream is cut into small experiences, as for learning online', () => {
    const online = [...Array(5).keys()].flatMap((id) => [starts(id), ...epoch(0)]);
    const { matrix } = importOne(file(...training(...online), ...evaluation([0.6, 0]), ...training(...online), ...evaluation([0.4, 0.8]))); // prettier-ignore
    expect(matrix).toEqual({ tasks: ['Exp000', 'Exp001'], initial: null, rows: [[0.6, 0], [0.4, 0.8]] }); // prettier-ignore
  });

  test('have the untrained model where it comes first, and that is told', () => {
    const { matrix, notes } = importOne(file(...evaluation([0.1, 0.1]), ...tutorial));
    expect(matrix!.initial).toEqual([0.1, 0.1, null]);
    expect(notes).toContain('what was evaluated before any training is taken for the untrained model');
  });

  test('may be one for each experience', () => {
    const { matrix } = importOne(file(...training(starts(0), ...epoch(0)), ...evaluation([0.7]), ...evaluation([0.2], 'test', 1))); // prettier-ignore
    expect(matrix!.rows).toEqual([[0.7, 0.2]]);
  });

  test('give losses as a log', () => {
    const { matrix, log } = importOne(file(...tutorial), { metric: 'Loss_Exp' });
    expect(matrix).toBeNull();
    expect(log).toMatchObject({ measure: 'Loss_Exp', higherIsBetter: false, tasks: ['Exp000', 'Exp001', 'Exp002'] });
    expect([...log!.values[1]]).toEqual([1, 0.0083]);
    expect([...log!.steps]).toEqual([2, 3]);
  });

  test('are read past progress bars that write over their line, and past long lines', () => {
    const bars = tutorial.map((line) => `\r  0%|          | 0/19\r100%|##########| 19/19\r${line}`);
    expect(importOne(file(...bars)).matrix!.rows[1]).toEqual([0, 0.9917, 0]);
    expect(importOne(file('x'.repeat(5_000_000), ...tutorial), { format: 'avalanche' } as object).matrix!.rows[1]).toEqual([0, 0.9917, 0]); // prettier-ignore
  });

  test('of which the last line may be cut short are read without it, and that is told', () => {
    const cut = importOne(fileOf(tutorial.slice(0, -3).join('\n').slice(0, -3)));
    expect(cut.notes.join()).toContain('has no line end: its value may be cut short and was left out');
    expect(cut.matrix!.rows[1]).toEqual([0, 0.9917, null]);
  });
});

describe('evaluations during training', () => {
  // PeriodicEval with eval_every=1: before each training, after each epoch, and then the user's own.
  const run = [
    ...training(...evaluation([0.1, 0.1]), starts(0), ...epoch(0), ...evaluation([0.6, 0]), ...epoch(1), ...evaluation([0.9, 0])),
    ...evaluation([0.9, 0]),
    ...training(...evaluation([0.9, 0]), starts(1), ...epoch(0), ...evaluation([0.3, 0.7]), ...epoch(1), ...evaluation([0.5, 0.8])),
    ...evaluation([0.5, 0.8]),
  ]; // prettier-ignore

  test('are a log by epochs, beside the matrix', () => {
    const { matrix, log, notes } = importOne(file(...run));
    expect(matrix).toEqual({ tasks: ['Exp000', 'Exp001'], initial: [0.1, 0.1], rows: [[0.9, 0], [0.5, 0.8]] }); // prettier-ignore
    expect([...log!.steps]).toEqual([0, 1, 2, 2, 3, 4]);
    expect([...log!.trainingTask]).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...log!.values[0]]).toEqual([0.1, 0.6, 0.9, 0.9, 0.3, 0.5]);
    expect(notes[0]).toBe('steps are epochs');
  });

  test('are the rows of the matrix where there are no others, if they are of the end', () => {
    const only = (...more: string[]) => [...training(starts(0), ...epoch(0), ...evaluation([0.6, 0]), ...epoch(1), ...more)]; // prettier-ignore
    expect(importOne(file(...only(...evaluation([0.9, 0])))).matrix!.rows).toEqual([[0.9, 0]]);
    expect(importOne(file(...only())).matrix).toBeNull();
    expect(importOne(file(...only(...evaluation([0.9, 0])).slice(0, -1))).matrix).toBeNull();
  });

  test('that differ though they are of one epoch are numbered, and that is told', () => {
    const lines = training(starts(0), ...evaluation([0.2]), ...evaluation([0.4]), ...epoch(0));
    const { log, matrix, notes } = importOne(file(...lines, ...evaluation([0.7])));
    expect([...log!.steps]).toEqual([0, 1, 2]);
    expect([...log!.values[0]]).toEqual([0.2, 0.4, 0.7]);
    expect(matrix!.rows).toEqual([[0.7]]);
    expect(notes[0]).toContain('steps number the evaluations');
  });

  test('of which no line tells the experience have the first for the untrained model, not those after updates', () => {
    const lines = training(...evaluation([0.1]), ...evaluation([0.3]), ...epoch(0), ...evaluation([0.5]));
    const { log, matrix } = importOne(file(...lines));
    expect([...log!.steps]).toEqual([0, 1, 2]);
    expect(matrix).toEqual({ tasks: ['Exp000'], initial: [0.1], rows: [[0.5]] });
  });

  test('and after it may differ, as of methods that change the model at the end: the matrix has those after', () => {
    const lines = [...training(starts(0), ...epoch(0), ...evaluation([0.5])), ...evaluation([0.7])];
    expect(importOne(file(...lines)).matrix!.rows).toEqual([[0.7]]);
  });
});

describe('refused', () => {
  const all = [...training(starts(0), ...epoch(0)), ...evaluation([0.5, 0]), ...training(starts(1), ...epoch(0)), ...evaluation([0.4, 0.6])]; // prettier-ignore
  const without = (...at: number[]): string[] => all.filter((_, i) => !at.includes(i));
  test.each<[string, readonly string[], string]>([
    ['a beginning that is missing', all.slice(7), 'line 1: experience 0 is evaluated outside of an evaluation; lines are missing or out of order'],
    ['an end of training that is missing', without(4), 'line 17: a training begins within another'],
    ['a begin of evaluation that is missing', without(5), 'line 7: experience 0 is evaluated outside of an evaluation'],
    ['an end of evaluation that is missing', without(14), 'line 17: a training begins or ends within an evaluation'],
    ['a line that names what is trained', without(1), 'line 1: this training names no experience, though others do'],
    ['a line that names what is evaluated', without(11), 'line 12: a value of Exp001 stands where none of it was evaluated'],
    ['a second run', [...all, ...all], 'line 36: experience 0 is trained a second time'],
    ['two values of one', [...all.slice(0, 10), all[9].replace('0.5', '0.7'), ...all.slice(10)], 'line 11: Exp000 has two values in one evaluation, 0.5 and 0.7'],
    ['percentages', all.with(9, all[9].replace('0.5000', '50.0')), 'line 10: the accuracy is 50, not between 0 and 1'],
    ['a value that is a tensor', all.with(9, all[9].replace('0.5000', 'tensor(0.5)')), '"tensor(0.5)" is not a finite number'],
    ['more trainings than experiences', [...tutorial, ...training(...epoch(0)), ...training(...epoch(0))], 'this is training 4, but no Exp003 is evaluated'],
    ['nothing evaluated', training(...epoch(0)), 'has no metric of an experience, such as Top1_Acc_Exp'],
  ])('%s', (_, lines, message) => {
    expect(() => importOne(file(...lines))).toThrow(message);
  }); // prettier-ignore
});
