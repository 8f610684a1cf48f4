import { describe, expect, test } from 'vitest';
import { expectedMinima, redrawn } from '../../../perf/detector/bias.ts';
import { withPart } from '../../../perf/detector/markdown.ts';
import { alarmRate, eventsOf } from '../../../perf/detector/rates.ts';
import { simulate, type Simulation } from '../../../perf/detector/simulated.ts';
import { createRng } from '../../../base/index.ts';

const flat = (more: Partial<Simulation>): Simulation => ({
  tasks: 3,
  perTask: 12,
  items: 200,
  accuracy: 0.8,
  named: true,
  noise: 'drawn',
  known: 'counts',
  ...more,
});

/** A small part of what `npm run perf:detector` simulates. */
const cells: readonly Partial<Simulation>[] = [
  { perTask: 1, tasks: 10, items: 50, accuracy: 0.3 },
  { items: 50, accuracy: 0.99 },
  { known: 'errors', items: 50, accuracy: 0.95 },
  { known: 'nothing' },
  { known: 'nothing', items: 50, accuracy: 0.99 },
  { known: 'items' },
  { noise: { memory: 0.02 }, items: 1000 },
  { noise: { memory: 0.02 }, items: 1000, known: 'nothing', perTask: 100 },
  { noise: { memory: 0.005 }, known: 'items' },
  { named: false },
  { named: false, known: 'nothing' },
  { named: false, noise: { memory: 0.005 }, items: 1000, perTask: 100, known: 'nothing' },
];

describe('flat logs', () => {
  const logs = 80;
  const rates = cells.map((cell) => alarmRate(flat(cell), logs, 1));

  test.each(cells.map((cell, i) => [JSON.stringify(cell), rates[i]] as const))(
    'of %s at most 5 %% have an event, but for chance: %f',
    (_, rate) => {
      // Of 80 logs at 5 % more than 9 have one in one of a hundred cases.
      expect(rate * logs).toBeLessThanOrEqual(9);
    },
  );

  test('all together stay below 5 %', () => {
    expect(rates.reduce((sum, rate) => sum + rate, 0) / rates.length).toBeLessThan(0.05);
  });
});

describe('planted falls', () => {
  const kindsOf = (fall: Simulation['fall'], more: Partial<Simulation> = {}): (string | undefined)[] =>
    [...eventsOf(flat({ items: 1000, perTask: 100, noise: { memory: 0.02 }, fall, ...more }), 40, 1)].map(
      (events) => events.find(({ taskIndex, switchTask }) => taskIndex === 0 && switchTask === 'task 2')?.kind,
    );
  const shareOf = (kinds: readonly unknown[], kind: string): number =>
    kinds.filter((each) => each === kind).length / kinds.length;

  test.each(['counts', 'nothing'] as const)('of .2 are found and called what they are (known: %s)', (known) => {
    expect(shareOf(kindsOf({ depth: 0.2, evaluations: 20 }, { known }), 'stability_gap')).toBeGreaterThan(0.9);
    expect(shareOf(kindsOf({ depth: 0.2, evaluations: Infinity }, { known }), 'forgetting')).toBeGreaterThan(0.9);
  });

  test('of .3 in a single evaluation of 200 items are found in 17 of 20 logs', () => {
    const kinds = kindsOf({ depth: 0.3, evaluations: 1 }, { items: 200, perTask: 12, noise: 'drawn' });
    expect(shareOf(kinds, 'noise')).toBeLessThanOrEqual(0.15);
  });
});

test('an autoregression forgets all but 1/e in its share of a task’s training, and has the deviation of 500 items', () => {
  const { log } = simulate(
    flat({ items: 1e9, perTask: 5000, tasks: 2, accuracy: 0.5, noise: { memory: 0.002 }, known: 'nothing' }),
    createRng(1),
  );
  const values = log.values[0].map((value) => value - 0.5);
  const moment = (lag: number): number =>
    values.subarray(lag).reduce((sum, value, i) => sum + value * values[i], 0) / (values.length - lag);
  expect(Math.sqrt(moment(0))).toBeCloseTo(Math.sqrt(0.25 / 500), 2.5);
  expect(moment(10) / moment(0)).toBeCloseTo(Math.exp(-1), 0.8);
});

test.each(redrawn)(
  '$items of $testSet items redrawn $evaluations times make a minimum of $expected of $accuracy',
  (each) => {
    // A normal tail for that of a hypergeometric one, which is a little heavier.
    expect(Math.abs(expectedMinima(each).errors - each.expected)).toBeLessThan(0.0015);
    // Without the correction for drawing from so few the chance depth is larger.
    expect(expectedMinima(each).counts).toBeLessThan(expectedMinima(each).errors);
  },
);

test('a part of a page is made anew between its marks', () => {
  expect(withPart('a\n<!-- x -->\nold\n<!-- end of x -->\nb', 'x', 'new')).toBe(
    'a\n<!-- x -->\n\nnew\n\n<!-- end of x -->\nb',
  );
  expect(() => withPart('a', 'x', 'new')).toThrow('the page lacks <!-- x -->');
});
