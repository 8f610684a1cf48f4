import { describe, expect, test } from 'vitest';
import type { Experiment, RunRecord } from '../../../logs/index.ts';
import { tInterval } from '../../../metrics/index.ts';
import { crossTable, paperTables } from '../../../reports/index.ts';
import { withRecord } from '../fixture.ts';
import { scoredExperiment, threeSeeds } from './scored.ts';

const acc = { metrics: ['acc'] };

/** The experiment with another record of one run. */
function changed({ runs, ...rest }: Experiment, name: string, change: (record: RunRecord) => Partial<RunRecord>) {
  return {
    ...rest,
    runs: runs.map((run) =>
      run.record.run === name ? withRecord(run, (record) => ({ ...record, ...change(record) })) : run,
    ),
  };
}

describe('numbers', () => {
  const [table] = paperTables([scoredExperiment(threeSeeds)], acc);

  test('are means, sample standard deviations and halves of t intervals over seeds', () => {
    // Squared distances from .92: .0004, .0001, .0009; their sum over 2 is .0007.
    const [b] = table.rows[1].cells;
    expect(b).toMatchObject({ mean: expect.closeTo(0.92, 12), std: expect.closeTo(Math.sqrt(0.0007), 12), n: 3 });
    const interval = tInterval(threeSeeds.b)!;
    expect(b!.halfWidth).toBeCloseTo((interval.high - interval.low) / 2, 12);
  });

  test('no metric is ranked on which the worst method can look best', () => {
    const [flattering] = paperTables([scoredExperiment(threeSeeds)], { metrics: ['rag', 'acc'] });
    expect(flattering.rows.map(({ cells }) => [cells[0]!.place, cells[0]!.test])).toEqual(Array(3).fill([null, null]));
    expect(flattering.notes).toContain(
      'Without places and marks: RAG, on which a method that forgets all can look best.',
    );
  });

  test('the default columns are the most telling ones, without what no run measured', () => {
    const [telling] = paperTables([scoredExperiment(threeSeeds)]);
    expect(telling.columns.map(({ head }) => head)).toEqual(
      ['ACC', 'min-ACC', 'WC-ACC', 'FORG', 'AAA', 'gap depth', 'recovery'], // prettier-ignore
    );
    const [asked] = paperTables([scoredExperiment(threeSeeds)], { metrics: ['prequential'] });
    expect(asked.rows[0].cells[0]).toMatchObject({ mean: null, n: 0 });
    expect(asked.caption.at(-1)).toBe('–: no value.');
  });
});

describe('the caption', () => {
  test('states the protocol, what methods share, and what the numbers and marks are', () => {
    expect(paperTables([scoredExperiment(threeSeeds)], acc)[0].caption).toEqual([
      'made-up: split-digits, class-incremental, 2 tasks; 3 seeds (1, 2, 3); evaluated after every update (ρ = 1), on at most 1,000 test samples a task.',
      'All methods: mlp (17,610 parameters), 1 epoch, batch size 10, optimizer sgd, learning rate 0.05.',
      'Mean over seeds ± sample standard deviation.',
      'Best in bold, second best underlined.',
      '†: not shown to differ from the best of its column (two-sided paired t test over seeds, adjusted by Holm over the methods of a column, α = 0.05).',
    ]);
  });

  test('names settings that methods do not share, and a rhythm of evaluation other than one', () => {
    const experiment = scoredExperiment(threeSeeds, {
      change: (record) => ({
        ...record,
        evaluation: { ...record.evaluation, every: 10 },
        training: { ...record.training, momentum: 0.9, lr: record.method.label === 'a' ? 0.1 : 0.05 },
      }),
    });
    const text = paperTables([experiment], { ...acc, percent: true, spread: 'ci' })[0].caption.join(' ');
    expect(text).toContain('evaluated after every 10 updates (ρ = 10)');
    expect(text).toContain('optimizer sgd, momentum 0.9; learning rate by method.');
    expect(text).toContain('Accuracies in percent. Mean over seeds ± half the width of its 95 % t interval.');
  });
});

describe('what is not averaged', () => {
  test('runs that failed or diverged are in no number, and named', () => {
    const broken = changed(scoredExperiment(threeSeeds), 'a-seed2', () => ({ status: 'diverged', reason: 'NaN' }));
    const [table] = paperTables([{ ...broken, problems: ['runs/x: no run.json'] }], acc);
    expect(table.rows[0].cells[0]).toMatchObject({ mean: expect.closeTo(0.82, 12), n: 2 });
    expect(table.sources[0].leftOut).toEqual([{ run: 'a-seed2', method: 'a', status: 'diverged', reason: 'NaN' }]);
    expect(table.notes).toEqual(
      expect.arrayContaining(['Left out: a-seed2 (diverged).', 'Unreadable and left out: 1 run folder.']),
    );
  });

  test('unlike protocols have a table each, named by what they differ in', () => {
    const unlike = changed(scoredExperiment(threeSeeds), 'c-seed1', ({ evaluation }) => ({
      evaluation: { ...evaluation, every: 7 },
    }));
    const tables = paperTables([unlike], acc);
    expect(tables.map(({ name, rows }) => [name, rows.map(({ label }) => label)])).toEqual([
      ['made-up, protocol 1', ['a', 'b', 'c']],
      ['made-up, protocol 2', ['c']],
    ]);
    expect(tables[1].rows[0].cells[0]).toMatchObject({ mean: 0.89, n: 1 });
    expect(tables[1].caption[1]).toBe('The experiment has 2 protocols, which differ in evaluation.every (1, 7).');
  });

  test('where nothing is complete there is an error, with the states of the runs', () => {
    const failed = scoredExperiment({ a: [0.5] }, { change: (record) => ({ ...record, status: 'failed' }) });
    expect(() => paperTables([failed])).toThrow(
      'no run is complete, so there is nothing to tabulate: a-seed1 failed; run the experiment to its end',
    );
  });

  test('an unknown metric is an error', () => {
    expect(() => paperTables([scoredExperiment(threeSeeds)], { metrics: ['ac'] })).toThrow(
      /^unknown metric: ac \(known: aaa, acc,/,
    );
  });
});

describe('one metric by experiments', () => {
  const two = scoredExperiment({ a: [0.5, 0.52], d: [0.7, null] }, { name: 'two' });
  const table = crossTable([scoredExperiment(threeSeeds, { name: 'one' }), two], 'acc');

  test('columns are experiments, rows are the methods of any', () => {
    expect(table.columns.map(({ head, source }) => [head, source])).toEqual([['one', 0], ['two', 1]]); // prettier-ignore
    expect(table.rows.map(({ label, cells }) => [label, ...cells.map((cell) => cell && cell.n)])).toEqual([
      ['a', 3, 2],
      ['b', 3, null],
      ['c', 3, null],
      ['d', null, 1],
    ]);
    expect(table.rows[3].cells[1]!.place).toBe('best');
    expect(table.caption.at(-1)).toBe('–: no value.');
  });

  test('the caption defines the metric and states the protocol of every column', () => {
    expect(table.caption[0]).toMatch(/^ACC \(higher is better\): Accuracy after the last task/);
    expect(table.caption[2]).toMatch(/^two: split-digits, class-incremental, 2 tasks; 2 seeds \(1, 2\);/);
    expect(table.notes).toContain('Over fewer seeds, those that have a value: two of d (1 of 2).');
  });

  test('options that one label has in some columns only are told', () => {
    const other = scoredExperiment(threeSeeds, {
      name: 'other',
      change: (r) => ({ ...r, method: { ...r.method, options: { memory: 500 } } }),
    });
    const { notes } = crossTable([scoredExperiment({ a: [0.1, 0.2, 0.3] }, { name: 'one' }), other], 'acc');
    expect(notes[0]).toBe('a is not set up alike in all columns: memory (one: unset, other: 500).');
  });

  test('experiments of one name go by their folders, and a missing baseline is told', () => {
    const twin = { ...two, name: 'one', path: 'elsewhere/one' };
    const found = crossTable([scoredExperiment(threeSeeds, { name: 'one' }), twin], 'acc', { baseline: 'b' });
    expect(found.columns.map(({ head }) => head)).toEqual(['one (runs/one)', 'one (elsewhere/one)']);
    expect(found.notes).toContain('No marks in one (elsewhere/one): b has no complete run there.');
  });
});
