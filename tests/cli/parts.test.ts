import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { experimentFlags, readExperimentFlags } from '../../cli/experimentFlags.ts';
import { formatTable } from '../../cli/inventory/format.ts';
import { nearest } from '../../cli/misuse.ts';
import { createTally } from '../../cli/progress/tally.ts';
import { duration } from '../../cli/progress/texts.ts';
import { shippedRecipes, readRecipe } from '../../cli/recipe.ts';
import { applySettings } from '../../cli/settings.ts';
import { textReader } from '../../cli/textReader.ts';
import { experimentSchema, resolveExperiment } from '../../harness/index.ts';

describe('words of the command line', () => {
  const { seeds, hidden, methods, name, lr, resetOptimizer, evaluateEvery } = experimentSchema.shape;

  test.each([
    [seeds, '3', 3],
    [seeds, '4,7', [4, 7]],
    [seeds, '4,', [4]],
    [hidden, '400, 400', [400, 400]],
    [methods, 'er,der++', ['er', 'der++']],
    [name, '2024', '2024'],
    [lr, '1e-3', 0.001],
    [lr, 'fast', 'fast'],
    [lr, '', ''],
    [resetOptimizer, 'false', false],
    [evaluateEvery, '5', 5],
    [evaluateEvery, 'adaptive', 'adaptive'],
    [z.enum(['true', 'empirical']), 'true', 'true'],
    [z.number().nullable().default(null), '0.3', 0.3],
    [z.number().nullable().default(null), 'null', null],
    [z.number().default(1), 'null', 'null'],
  ])('are read as their key asks for', (schema, text, value) => {
    expect(textReader(schema)(text)).toEqual(value);
  });

  test('a key that is true, false or left to the stream has a flag without a value, and its --no- form', () => {
    expect(experimentFlags().normalize).toMatchObject({ boolean: true });
    expect(readExperimentFlags({ normalize: true })).toEqual({ normalize: true });
    expect(readExperimentFlags({ normalize: false })).toEqual({ normalize: false });
    expect(readExperimentFlags({})).toEqual({});
  });

  test('the nearest name is suggested only if it is near', () => {
    expect(nearest('epohcs', ['epochs', 'engine'])).toBe('epochs');
    expect(nearest('reprot', ['run', 'resume', 'report'])).toBe('report');
    expect(nearest('foo', ['run', 'list'])).toBeUndefined();
    expect(nearest('x', ['y'])).toBeUndefined();
  });
});

describe('--set', () => {
  test('sets options and training keys of the method that goes by the label', () => {
    const entries = applySettings(
      ['er', { name: 'er', label: 'er.big', options: { replayBatch: 5 } }, 'ewc'],
      ['er.big.memory=500', 'er.lr=0.1', 'ewc.fisher=empirical'],
    );
    expect(entries).toEqual([
      { name: 'er', lr: 0.1 },
      { name: 'er', label: 'er.big', options: { replayBatch: 5, memory: 500 } },
      { name: 'ewc', options: { fisher: 'empirical' } },
    ]);
  });

  test('sets an option that is null unless set, and sets it back', () => {
    expect(applySettings(['er'], ['er.alpha=0.3'])).toEqual([{ name: 'er', options: { alpha: 0.3 } }]);
    expect(applySettings(['er'], ['er.alpha=0.3', 'er.alpha=null'])).toEqual([
      { name: 'er', options: { alpha: null } },
    ]);
    expect(() => applySettings(['er'], ['er.alpha=much'])).toThrow('--set er.alpha=much');
  });

  test('leaves the other methods as the experiment says', () => {
    const methods = applySettings(['er', 'ewc'], ['er.epochs=3']);
    const experiment = resolveExperiment({ methods, epochs: 2 });
    expect(experiment.methods.map(({ epochs }) => epochs)).toEqual([3, 2]);
  });
});

describe('recipes that ship', () => {
  test.each(shippedRecipes())('$name is valid and says what it shows', ({ name, description }) => {
    const { options, where } = readRecipe(name);
    expect(resolveExperiment(options, where).name).toBe(name);
    expect(description).toMatch(/^\w.{40,}[.:]$/s);
  });
});

describe('tables', () => {
  test('wrap their last column between words, under itself', () => {
    const rows = [
      ['name', 'meaning'],
      ['a', 'one two three four five six seven'],
    ];
    expect(formatTable(rows, 26)).toBe('name  meaning\na     one two three four\n      five six seven\n');
  });
});

describe('progress', () => {
  const at = (run: string, done: number, total: number) => ({ run, done, total, task: 't', accuracy: done / total });

  test('a run that has not reported counts like the mean of those that have', () => {
    let now = 0;
    const tally = createTally(4, () => now);
    tally.start('a');
    tally.start('b');
    expect(tally.now()).toMatchObject({ done: 0, total: 0, rate: null, ended: 0 });
    now = 2;
    tally.update(at('a', 10, 100));
    tally.update(at('b', 20, 300));
    // Runs c and d: 200 updates each.
    expect(tally.now()).toMatchObject({ done: 30, total: 800 });
    expect(tally.now().atWork).toEqual([
      { run: 'a', accuracy: 0.1 },
      { run: 'b', accuracy: 20 / 300 },
    ]);
  });

  test('updates made before an interruption do not count for the rate, and a run that diverged needs no more', () => {
    let now = 0;
    const tally = createTally(2, () => now);
    tally.keep(1);
    tally.start('a');
    now = 1;
    tally.update(at('a', 501, 1000));
    now = 10;
    tally.update(at('a', 600, 1000));
    expect(tally.now()).toMatchObject({ done: 600, total: 1000, rate: 10, ended: 1 });
    tally.end('a');
    expect(tally.now()).toMatchObject({ done: 600, total: 600, ended: 2, atWork: [] });
  });

  test.each([
    [0.4, '0 s'],
    [59.4, '59 s'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
  ])('%d seconds are shown as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
