import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import type { Imported, ImportOptions } from '../../../logs/importers/importer.ts';
import { importLogs, importers } from '../../../logs/importers/registry.ts';
import { sampleColumnNames } from '../../../logs/importers/samples/columnNames.ts';
import { openSource } from '../../../logs/importers/shared/source.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { fileOf, writeFiles } from '../files.ts';

const importText = (text: string, options?: ImportOptions, name = 'answers.csv'): Imported =>
  importLogs(fileOf(text, name), options)[0];

const twoRounds = `round,problem,correct
0,a,1
0,a,0
0,b,0
0,b,0
1,a,1
1,a,1
1,b,1
1,b,0
`;

describe('pass@1', () => {
  test('is the mean over problems, its standard error that of their shares', () => {
    const { log, samples } = importText(twoRounds);
    expect(log).toMatchObject({ measure: 'pass@1', higherIsBetter: true, tasks: ['accuracy'] });
    // Shares ½ and 0, then 1 and ½: the standard deviation of two numbers is |a − b| / √2, the error of their mean half of |a − b|.
    expect([...log!.steps]).toEqual([0, 1]);
    expect([...log!.values[0]]).toEqual([0.25, 0.75]);
    expect(log!.standardErrors![0][0]).toBeCloseTo(0.25, 12);
    expect([...log!.counts![0]]).toEqual([2, 2]);
    expect([...log!.trainingTask]).toEqual([-1, -1]);
    expect(samples!.length).toBe(8);
  });

  test('has no standard error where all problems are alike, and none of 0', () => {
    expect(importText('round,problem,correct\n0,a,1\n0,b,1\n').log!.standardErrors).toBeUndefined();
  });

  test('problems with more answers count no more than others', () => {
    const { log, notes } = importText('round,problem,correct\n0,a,1\n0,a,1\n0,a,1\n0,b,0\n');
    expect(log!.values[0][0]).toBe(0.5);
    expect(notes).toContain('problems have from 1 to 3 answers in a round');
  });

  test('items are the shares of problems, so that rounds can be paired', () => {
    const { items } = importText(twoRounds);
    expect([...items!.scores(0, 1)!]).toEqual([['a', 1], ['b', 0.5]]); // prettier-ignore
    expect(items!.scores(0, 2)).toBeNull();
  });

  test('turns are tasks of their own, in their order', () => {
    const text = 'round,problem,turn,correct\n0,a,1,0\n0,a,0,1\n0,b,0,0\n0,b,1,1\n1,a,0,1\n';
    const { log, samples, notes } = importText(text);
    expect(log!.tasks).toEqual(['accuracy@t1', 'accuracy@t2']);
    expect(log!.values.map((own) => [...own])).toEqual([[0.5, 1], [0.5, NaN]]); // prettier-ignore
    expect([...samples!.turn!]).toEqual([0, 1, 0, 1, 0]);
    expect([...samples!.chain!]).toEqual([0, 0, 0, 0, 0]);
    expect(notes[1]).toBe('round 1, turn 0 has 1 of 2 problems: rounds are compared over those that both have');
  });
});

describe('columns', () => {
  test('all of them are read, whatever their order and case', () => {
    const { samples } = importText(
      'Is Correct,Iteration,doc-id,task,kept,reward,Prediction,equations,class,real_share,chain\n' +
        'yes,iter_2,7,math,1,0.5,42,6*7=42,cat,0.25,x\nNo,iter_10,7,math,0,,,,,0,x\n',
    );
    expect(samples).toMatchObject({ length: 2, problems: ['7'], benchmarks: ['math'], turn: null });
    expect([...samples!.rounds]).toEqual([2, 10]);
    expect([...samples!.correct]).toEqual([1, 0]);
    expect([...samples!.selected!]).toEqual([1, 0]);
    expect([...samples!.reward!]).toEqual([0.5, NaN]);
    expect(samples!.answer).toEqual({ ids: Int32Array.of(0, -1), names: ['42'] });
    expect(samples!.solution).toEqual({ ids: Int32Array.of(0, -1), names: ['6*7=42'] });
    expect(samples!.category).toEqual({ ids: Int32Array.of(0, -1), names: ['cat'] });
    expect([...samples!.realShare!]).toEqual([0.25, 0]);
  });

  test('that are not there are null', () => {
    const { samples } = importText(twoRounds);
    const { reward, answer, turn, chain, selected, solution, category, realShare } = samples!;
    for (const column of [reward, answer, turn, chain, selected, solution, category, realShare])
      expect(column).toBeNull();
  });

  test('of other names can be named', () => {
    const text = 'gen,exercise,good,id\n0,a,1,5\n0,b,0,6\n';
    // Nothing says that these are answers.
    expect(importLogs(fileOf(text)).map(({ format }) => format)).toEqual(['wide']);
    const columns = { step: 'gen', problem: 'exercise', correct: 'good' };
    const path = fileOf(text);
    expect([...importLogs(path, { format: 'samples', columns })[0].log!.values[0]]).toEqual([0.5]);
    expect(() => importLogs(path, { format: 'samples', columns: { ...columns, correct: 'right' } })).toThrow(
      `${path} has no column "right" (columns: gen, exercise, good, id)`,
    );
    expect(() => importLogs(path, { format: 'samples', columns: { ...columns, value: 'id' } })).toThrow(
      'sampled answers have no column for value (known: step, problem,',
    );
  });

  test('two for one thing: the first of the list counts, and that is said', () => {
    const { samples, notes } = importText('round,problem,correct,answer,prediction\n0,a,1,8,9\n');
    expect(samples!.answer!.names).toEqual(['9']);
    expect(notes[0]).toBe(
      'answer is read from column "prediction", not from "answer"; --columns answer=<name> says otherwise',
    );
  });

  test.each([
    ['round,problem\n0,a\n', 'has no column for correct; name it correct, is_correct, passed, or say --columns'],
    ['round,correct\n0,1\n', 'has no column for problem; name it problem, '],
    ['problem,correct\na,1\n', 'has no column for the round; name it round, iteration, iter or step, or say --columns'],
  ])('%j lacks one', (text, message) => {
    expect(() => importLogs(fileOf(text, 'answers.csv'), { format: 'samples' })).toThrow(message);
  });
});

describe('cells that are refused, with row and column', () => {
  const head = 'round,problem,correct,reward,turn,selected,real_share\n0,a,1,0.5,1,1,0.5\n';
  test.each([
    ['-1,a,1,,1,,\n', 'row 3, column "round": "-1" is no step'],
    ['first,a,1,,1,,\n', 'row 3, column "round": "first" is not a finite number'],
    ['0,,1,,1,,\n', 'row 3, column "problem": is empty; name the problem'],
    ['0,a,0.5,,1,,\n', 'row 3, column "correct": "0.5" is neither yes nor no; write 1 or true, 0 or false'],
    ['0,a,100,,1,,\n', 'row 3, column "correct": "100" is neither'],
    ['0,a,1,high,1,,\n', 'row 3, column "reward": "high" is not a finite number'],
    ['0,a,1,Infinity,1,,\n', 'row 3, column "reward": "Infinity" is not a finite number'],
    ['0,a,1,,1.5,,\n', 'row 3, column "turn": "1.5" is no turn'],
    ['0,a,1,,1,2,\n', 'row 3, column "selected": "2" is neither yes nor no'],
    ['0,a,1,,1,1,50\n', 'row 3, column "real_share": "50" is no share of real data; write a number from 0 to 1'],
    ['0,a,1,,2,1,0.4\n', 'round 0 has two shares of real data, 0.5 and 0.4; it is one number a round'],
    ['0,a,1,,,1,\n', '1 of 2 answers have no turn; give it for all of them, or leave the column out'],
  ])('%j', (row, message) => {
    expect(() => importText(head + row)).toThrow(message);
  });
});

describe('answers that stand there again', () => {
  const head = 'round,problem,chain,turn,correct,answer\n0,a,x,1,0,5\n0,a,x,2,1,6\n0,a,y,1,1,6\n';

  test('of one chain, all the same, are counted once, and that is said', () => {
    const { samples, notes } = importText(`${head}0,a,x,2,1,6\n`);
    expect(samples!.length).toBe(3);
    expect(notes).toContain('1 answer stands there again, of the same chain; counted once');
  });

  test('of one chain and another verdict are refused', () => {
    expect(() => importText(`${head}0,a,x,2,0,7\n`)).toThrow(
      'two different answers to problem a in round 0 are both of chain x, turn 2; number them apart',
    );
  });

  test('without a chain are answers that happen to be alike', () => {
    expect(importText(`${twoRounds}1,b,0\n`).samples!.length).toBe(9);
  });

  test('of one turn, without a chain: nothing tells which belong together', () => {
    const { samples } = importText('round,problem,turn,correct\n0,a,1,0\n0,a,1,1\n0,a,2,1\n0,a,2,1\n');
    expect(samples!.chain).toBeNull();
  });
});

describe('what is odd is said', () => {
  test('answers without a verdict', () => {
    const { log, notes } = importText(`${twoRounds}1,b,\n`);
    expect(log!.values[0][1]).toBe(0.75);
    expect(notes[0]).toBe('1 answer is neither right nor wrong (column "correct" is empty) and left out');
  });

  test('problems that a round lacks', () => {
    const { notes } = importText(twoRounds.replaceAll(/1,b.*\n/g, ''));
    expect(notes).toEqual([
      'values are means over 6 answers to 2 problems in 2 rounds',
      'round 1 has 1 of 2 problems: rounds are compared over those that both have',
    ]);
  });

  test('an answer that is right and wrong, as the reference looks', () => {
    const { notes } = importText('round,problem,correct,answer\n0,a,1,5\n0,a,0,5\n0,b,1,6\n');
    expect(notes.at(-1)).toMatch(/^1 of 2 problems have one and the same answer right in some rows and wrong in/);
  });

  test('problems of one name in two benchmarks are two', () => {
    const { log, samples } = importText('round,problem,benchmark,correct\n0,1,math,1\n0,1,code,0\n');
    expect(samples!.problems).toEqual(['1', '1']);
    expect(log!.tasks).toEqual(['math', 'code']);
    expect(log!.values.map(([value]) => value)).toEqual([1, 0]);
  });
});

describe('JSON lines', () => {
  const first = '{"round": 0, "problem": "a", "correct": true}\n';
  const lines = (more: string): Imported => importText(first + more, {}, 'answers.jsonl');

  test('a field that first stands in a later line is unknown before', () => {
    const { samples } = lines('{"round": 0, "problem": "b", "correct": 0, "reward": 0.5, "note": ["x"]}\n');
    expect([...samples!.reward!]).toEqual([NaN, 0.5]);
    expect([...samples!.correct]).toEqual([1, 0]);
  });

  test('a field that would take the place of another one in the middle is refused', () => {
    const text =
      '{"round": 0, "problem": "a", "correct": true, "answer": "1"}\n{"round": 0, "problem": "a", "correct": true, "answer": "1", "prediction": "2"}\n';
    expect(() => importText(text, {}, 'a.jsonl')).toThrow(
      'row 2, column "prediction": is not in the lines before; write it in all lines, or say --columns answer=<name>',
    );
  });

  test('lists and objects are names where a name is wanted, and refused where a number is', () => {
    expect(lines('{"round": 0, "problem": {"x": [1]}, "correct": 0}\n').samples!.problems).toEqual(['a', '{"x":[1]}']);
    expect(() => lines('{"round": 0, "problem": "a", "correct": [1, 0]}\n')).toThrow(
      'row 2, column "correct": "[1,0]" is neither yes nor no',
    );
  });

  test('a line that is no object is refused, with its row', () => {
    expect(() => lines('[1]\n')).toThrow('row 2: is no JSON object');
    expect(() => lines('{"round": 0\n')).toThrow(/row 2 is no JSON, or is cut off/);
    expect(() => lines('{"round": 0, "correct": 1}\n')).toThrow('row 2, column "problem": is empty');
  });

  test('a last line that is cut short is left out, and that is said', () => {
    const { samples, notes } = lines('{"round": 0, "probl');
    expect(samples!.length).toBe(1);
    expect(notes).toContain('row 2, the last, is cut short and was left out');
  });
});

describe('a folder', () => {
  test('has a file a round, the round in its name', () => {
    const folder = temporaryFolder();
    writeFiles(folder, {
      'round_10.jsonl': '{"problem": "a", "correct": true}\n',
      'round_2.jsonl': '{"problem": "a", "correct": false}\n',
      'setup.csv': 'name,value\nx,1\n',
      'README.txt': 'hello',
    });
    const { log, notes, format } = importLogs(folder)[0];
    expect(format).toBe('samples');
    expect([...log!.steps]).toEqual([2, 10]);
    expect([...log!.values[0]]).toEqual([0, 1]);
    expect(notes[0]).toBe('setup.csv has no columns of sampled answers and is left out');
  });

  test('without such files is no log of answers', () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'a.csv': 'x,y\n1,2\n' });
    expect(() => importLogs(folder, { format: 'samples' })).toThrow('holds no file of sampled answers');
  });
});

test('files of other formats are not claimed', () => {
  const samples = importers.find(({ name }) => name === 'samples')!;
  const others = {
    'tidy.csv': 'step,task,value\n0,a,0.5\n',
    'wide.csv': 'step,a,b\n0,0.5,0.6\n',
    'tensorboard.csv': 'Wall time,Step,Value\n1654943296.2,0,59.31\n',
    'wandb.csv': '"Step","run - acc","run - acc__MIN","run - acc__MAX"\n0,1,1,1\n',
    'opencompass.csv': 'dataset,version,metric,mode,m\ngsm8k,1d7fe4,accuracy,gen,65.62\n',
    'samples_gsm8k.jsonl': '{"doc_id": 0, "doc": {}, "target": "1", "acc": 1.0, "doc_hash": "x"}\n',
    'trainer_state.json': '{"global_step": 200, "log_history": [{"epoch": 0.5, "step": 100, "loss": 1.2}]}\n',
    'data-log.tsv': 'block_num\texp_num\tworker_id\tblock_type\ttask_name\n0\t0\tw\ttrain\ta_1\n',
    'empty.csv': '',
    'one.csv': 'round',
    'quote.csv': '"round","problem""correct',
    'list.json': '[{"round": 0, "problem": 1, "correct": 1}]',
  };
  const folder = temporaryFolder();
  writeFiles(folder, others);
  for (const name of Object.keys(others)) expect(samples.detects(openSource(join(folder, name))), name).toBe(false);
  expect(samples.detects(openSource(folder))).toBe(false);
});

describe('docs/importing.md', () => {
  const page = readFileSync(join(packageRoot, 'docs/importing.md'), 'utf8').split('\n## samples\n')[1];

  test('lists the names of all columns', () => {
    const rows = page.matchAll(/^\| `(\w+)` *\| ([^|]+?) *\|/gm);
    const listed = [...rows].map(([, role, names]) => [role, names.split(', ')]);
    expect(Object.fromEntries(listed)).toEqual(sampleColumnNames);
  });

  test('has an example that can be read', () => {
    const text = /```text\n(.*?)```/s.exec(page)![1];
    const { log, samples } = importText(text);
    expect(log!.tasks).toEqual(['math']);
    expect([...log!.values[0]]).toEqual([0.5, 1]);
    expect(samples!.reward![1]).toBe(0.13);
  });
});
