import { describe, expect, test } from 'vitest';
import { importLogs } from '../../../logs/importers/registry.ts';
import type { ImportOptions } from '../../../logs/importers/importer.ts';
import { stepIn, withoutStep } from '../../../logs/importers/shared/steps.ts';
import { importOne, valuesOf, written } from './written.ts';

const summary = (models: string, ...rows: readonly string[]): string =>
  [`dataset,version,metric,mode,${models}`, ...rows, ''].join('\n');
const importSummary = (text: string, options?: ImportOptions) =>
  importOne(written({ 'summary_20240601_120000.csv': text }, 'summary_20240601_120000.csv'), options);
/** To four decimals, as percentages do not divide by 100 exactly. */
const rounded = (values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([place, value]) => [place, Number(value.toFixed(4))]));

describe('models', () => {
  test('whose names tell a step are checkpoints of one run, in order of their steps', () => {
    const found = importSummary(
      summary(
        'llama-step2000_hf,llama-step500_hf',
        'gsm8k,1d7fe4,accuracy,gen,65.62,-',
        'piqa,b2c3d4,accuracy,ppl,70.00,60.00',
      ),
    );
    expect(found).toMatchObject({ format: 'opencompass', name: 'llama_hf' });
    expect(found.log).toMatchObject({ measure: 'accuracy', tasks: ['gsm8k', 'piqa'] });
    expect(rounded(valuesOf(found))).toEqual({ 'gsm8k@2000': 0.6562, 'piqa@500': 0.6, 'piqa@2000': 0.7 });
    expect(found.notes).toEqual([
      'values of accuracy up to 70 are taken for percentages and divided by 100; --unit fraction says otherwise',
    ]);
  });

  test('of two names are two runs', () => {
    const text = summary('a_step10,b_step10,a_step20', 'gsm8k,1d7fe4,accuracy,gen,50.00,60.00,70.00');
    const found = importLogs(written({ 's.csv': text }, 's.csv'));
    expect(found.map((one) => [one.name, rounded(valuesOf(one))])).toEqual([
      ['a', { 'gsm8k@10': 0.5, 'gsm8k@20': 0.7 }],
      ['b', { 'gsm8k@10': 0.6 }],
    ]);
  });

  test('without a step are numbered in the order of the file, which is said', () => {
    const found = importSummary(summary('base,step100,final', 'gsm8k,1d7fe4,accuracy,gen,50.00,60.00,40.00'));
    expect(rounded(valuesOf(found))).toEqual({ 'gsm8k@0': 0.5, 'gsm8k@1': 0.6, 'gsm8k@2': 0.4 });
    expect(found.notes[0]).toBe(
      'models are numbered from 0 as checkpoints of one run, as not all their names tell a step: base, step100, final',
    );
  });

  test.each([
    ['llama-step1000_hf', 1000, 'llama_hf'],
    ['internlm2-7b-iter_0000200-hf', 200, 'internlm2-7b-hf'],
    ['run/checkpoint-5', 5, 'run'],
    ['checkpoint-5', 5, ''],
    ['llama-2-7b-hf', null, 'llama-2-7b-hf'],
  ])('%s is of step %s and the run %s', (name, step, run) => {
    expect(stepIn(name)).toBe(step);
    expect(withoutStep(name)).toBe(run);
  });
});

describe('a folder', () => {
  const one = (value: string, model = 'llama'): string => summary(model, `gsm8k,1d7fe4,accuracy,gen,${value}`);

  test('has its steps in paths; the text beside a table is not read twice', () => {
    const found = importOne(
      written({
        'step1000/summary/summary_b.csv': one('65.62'),
        'step1000/summary/summary_b.txt': 'b\ntabulate format\nno block\n',
        'step1000/summary/summary_b.md': '| dataset |\n',
        'step500/summary/summary_a.csv': one('50.00'),
      }),
    );
    expect(found.name).toBe('llama');
    expect(rounded(valuesOf(found))).toEqual({ 'gsm8k@500': 0.5, 'gsm8k@1000': 0.6562 });
  });

  test('whose paths tell no step is numbered by the times in the names, which is said', () => {
    const found = importOne(
      written({ '20240602_1/summary_20240602_1.csv': one('40.00'), '20240601_1/summary_20240601_1.csv': one('50.00') }),
    );
    expect(rounded(valuesOf(found))).toEqual({ 'gsm8k@0': 0.5, 'gsm8k@1': 0.4 });
    expect(found.notes).toContain('no file tells its step: they are numbered from 0 in the order of their names');
  });

  test('of one model a file, each called otherwise, is one run', () => {
    const found = importOne(written({ 'step1/s.csv': one('50.00', 'm-a'), 'step2/s.csv': one('60.00', 'm-b') }));
    expect(rounded(valuesOf(found))).toEqual({ 'gsm8k@1': 0.5, 'gsm8k@2': 0.6 });
    expect(found.notes).toContain('models are read as checkpoints of one run, one a file: m-a, m-b');
  });

  test('with a step in some paths only is refused', () => {
    expect(() => importLogs(written({ 'step1/s.csv': one('50.00'), 'last/s.csv': one('60.00') }))).toThrow(
      'last/s.csv tells no step in its path or its models, though other files do',
    );
  });

  test('whose prompts differ says so', () => {
    const other = summary('llama', 'gsm8k,9a8b7c,accuracy,gen,20.00');
    const { notes } = importOne(written({ 'step1/s.csv': one('50.00'), 'step2/s.csv': other }));
    expect(notes).toContain(
      'prompts differ between checkpoints, by their versions, and values may for that: gsm8k (1d7fe4, 9a8b7c)',
    );
  });

  test('that asks a dataset in two modes has two tasks of it', () => {
    const other = summary('llama', 'gsm8k,1d7fe4,accuracy,ppl,20.00');
    const found = importOne(written({ 'step1/s.csv': one('50.00'), 'step2/s.csv': other }));
    expect(rounded(valuesOf(found))).toEqual({ 'gsm8k (gen)@1': 0.5, 'gsm8k (ppl)@2': 0.2 });
  });
});

describe('metrics', () => {
  const mixed = summary(
    'm_step1',
    'gsm8k,1d7fe4,accuracy,gen,65.62',
    'openai_humaneval,8e312c,humaneval_pass@1,gen,30.49',
    'wikitext,5a6b7c,ppl,ppl,12.50',
  );

  test('of each dataset are read, if one way is better; that they differ is said', () => {
    const found = importSummary(mixed);
    expect(found.log).toMatchObject({ measure: 'score', higherIsBetter: true, tasks: ['gsm8k', 'openai_humaneval'] });
    expect(rounded(valuesOf(found))).toEqual({ 'gsm8k@1': 0.6562, 'openai_humaneval@1': 0.3049 });
    expect(found.notes).toContain(
      'left out, as of their metrics the other direction is better: wikitext ppl; --metric reads them',
    );
    expect(found.notes).toContain('metrics differ between tasks: gsm8k accuracy, openai_humaneval humaneval_pass@1');
  });

  test('of the other direction can be asked for', () => {
    const found = importSummary(mixed, { metric: 'ppl' });
    expect(found.log).toMatchObject({ measure: 'ppl', higherIsBetter: false });
    expect(valuesOf(found)).toEqual({ 'wikitext@1': 12.5 });
  });

  const several = summary(
    'm_step1',
    'gsm8k,1d7fe4,accuracy,gen,65.62',
    'IFEval,3321a3,Prompt-level-strict-accuracy,gen,40.00',
    'IFEval,3321a3,Inst-level-strict-accuracy,gen,50.00',
    'nq,c788f6,score,gen,20.00',
    'nq,c788f6,f1,gen,25.00',
  );

  test('of which a dataset has several must be chosen from', () => {
    expect(() => importSummary(several)).toThrow(
      'IFEval has several metrics; choose one with --metric (known: Prompt-level-strict-accuracy, Inst-level-strict-accuracy)',
    );
    const found = importSummary(several, { metric: 'Inst-level-strict-accuracy' });
    expect(rounded(valuesOf(found))).toEqual({ 'gsm8k@1': 0.6562, 'IFEval@1': 0.5 });
    expect(found.notes).toContain('nq has other metrics than Inst-level-strict-accuracy and is left out');
    expect(() => importSummary(several, { metric: 'bleu' })).toThrow('has no metric bleu (known: accuracy, Prompt-');
  });
});

describe('groups, the averages that have no version', () => {
  // Layout of the leaderboard summarizer, values of the C-Eval run of InternLM-Chat-7B that public course notes quote.
  const ceval = [
    'ceval-computer_network,db9ce2,accuracy,gen,31.58',
    'ceval-operating_system,1c2571,accuracy,gen,36.84',
    'ceval-hard,-,naive_average,gen,23.91',
    'ceval,-,naive_average,gen,44.16',
  ];

  test('are left out beside their datasets, which is said', () => {
    const found = importSummary(summary('internlm_step7', ...ceval));
    expect(found.log!.tasks).toEqual(['ceval-computer_network', 'ceval-operating_system']);
    expect(found.notes[0]).toBe('averages of other rows (version -) are left out: ceval-hard, ceval');
  });

  test('are left out by the first word of their names', () => {
    const rows = ['lukaemon_mmlu_anatomy,2db373,accuracy,ppl,50.00', 'mmlu-stem,-,naive_average,ppl,40.00'];
    expect(importSummary(summary('m_step1', ...rows)).log!.tasks).toEqual(['lukaemon_mmlu_anatomy']);
  });

  test('are tasks where their datasets are not there, which is said; of groups in groups the smaller, and no average of all', () => {
    const found = importSummary(
      summary(
        'm_step1',
        'ARC-c,72cf91,accuracy,gen,83.73',
        'average,-,naive_average,mixed,60.00',
        'mmlu,-,naive_average,ppl,57.78',
        'GaokaoBench,-,weighted_average,mixed,51.76',
        ...ceval.slice(2),
      ),
    );
    expect(found.log!.tasks).toEqual(['ARC-c', 'mmlu', 'GaokaoBench', 'ceval-hard']);
    expect(found.notes.slice(0, 2)).toEqual([
      'averages of other rows (version -) are left out: average, ceval',
      'averages of datasets that are not there (version -) are read as tasks: mmlu, GaokaoBench, ceval-hard',
    ]);
  });
});

describe('rows without a value', () => {
  test('headings, failed datasets and those of the summarizer for pretraining are read past', () => {
    const found = importSummary(
      summary(
        'm_step1',
        'time,version,metric,mode,06/01 12:00',
        'checkpoint,version,metric,mode,step1',
        '--------- 考试 Exam ---------,-,-,-,55.00',
        ',-,-,-,-',
        'gsm8k,1d7fe4,accuracy,gen,65.62',
        'math,-,-,-,-',
        'piqa,b2c3d4,accuracy,gen,-',
      ),
    );
    expect(rounded(valuesOf(found))).toEqual({ 'gsm8k@1': 0.6562 });
  });

  test('a row that is there twice, as some summarizers list groups, counts once', () => {
    const row = 'gsm8k,1d7fe4,accuracy,gen,65.62';
    const { notes } = importSummary(summary('m_step1', row, row));
    expect(notes).toContain('1 value is there twice, such as that of gsm8k at step 1; counted once');
  });
});

test.each<[string, string, string]>([
  [
    'a value in words',
    summary('m_step1', 'gsm8k,1d7fe4,accuracy,gen,82.00 (7/8)'),
    'row 2, column "m_step1": "82.00 (7/8)" is not',
  ],
  ['a comma in a cell', summary('m_step1', 'gsm8k,1d7fe4,accuracy,gen,8,2'), 'row 2: 6 cells instead of 5'],
  ['two values', summary('m_step1', 'a,1d7fe4,acc,gen,82', 'a,1d7fe4,acc,gen,83'), 'a has two values at step 1'],
  ['no value', summary('m_step1', 'a,-,-,-,-'), 'holds no value of'],
])('refused: %s', (_, text, message) => {
  expect(() => importSummary(text)).toThrow(message);
});

test('a text without its table is refused, and so is a table without models', () => {
  expect(() => importOne(written({ 's.txt': 'now\ntabulate format\n^^^\n' }, 's.txt'))).toThrow(
    'has no block "csv format"',
  );
  const options = { format: 'opencompass' };
  expect(() => importOne(written({ 's.csv': 'dataset,version,metric,mode,\n' }, 's.csv'), options)).toThrow(
    'column 5 has no name',
  );
  expect(() => importOne(written({ 'a.csv': 'step,arc\n1,2\n' }), options)).toThrow('holds no summary of OpenCompass');
});
