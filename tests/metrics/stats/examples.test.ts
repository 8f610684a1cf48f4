import { describe, expect, it } from 'vitest';
import { createRng } from '../../../base/index.ts';
import * as stats from '../../../metrics/stats/index.ts';
import * as metrics from '../../../metrics/index.ts';
import { sourcesIn } from '../../sources.ts';
import { near } from './near.ts';

const names = Object.keys(stats);

/** The example and its result in each docstring: `@example call(…) // result`. */
const examples = sourcesIn('metrics/stats').flatMap(({ text }) =>
  [...text.matchAll(/@example (.+) \/\/ (.+)\n \*\/\nexport function (\w+)/g)].map(([, call, result, name]) => ({
    call,
    result,
    name,
  })),
);

function evaluate(expression: string): unknown {
  const scope = { ...stats, createRng };
  return new Function(...Object.keys(scope), `return (${expression});`)(...Object.values(scope));
}

/** The same value with its numbers compared to the digits that the example shows, 6 to 12. */
function asShown(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    const shown = String(value).split('.')[1].length;
    return near(value, Math.min(12, Math.max(6, shown)));
  }
  if (Array.isArray(value)) return value.map(asShown);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asShown(part)]));
}

describe('the examples in the docstrings', () => {
  it.each(examples)('$call is $result', ({ call, result, name }) => {
    expect(call).toContain(`${name}(`);
    expect(evaluate(call)).toEqual(asShown(evaluate(result)));
  });

  it('are there for every function', () => {
    expect(names.filter((name) => !examples.some((example) => example.name === name))).toEqual([]);
  });
});

it('metrics/index.ts exports all of metrics/stats', () => {
  expect(names.filter((name) => !(name in metrics))).toEqual([]);
});
