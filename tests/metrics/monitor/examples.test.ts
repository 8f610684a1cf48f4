import { describe, expect, it } from 'vitest';
import * as metrics from '../../../metrics/index.ts';
import { sourcesIn } from '../../sources.ts';
import { near } from '../stats/near.ts';

/** The examples in docstrings that are a call and its result: `@example call(…) // result`, perhaps with what that is. */
const examples = sourcesIn('metrics/monitor').flatMap(({ text }) =>
  [...text.matchAll(/@example (\w+\(.+\S) \/\/ (.+?)(?:, that is .*)?\n \*\//g)].flatMap(([, call, result]) =>
    result.includes('…') ? [] : [{ call, result }],
  ),
);

function evaluate(expression: string): unknown {
  return new Function(...Object.keys(metrics), `return (${expression});`)(...Object.values(metrics));
}

/** The same with its numbers compared to six digits. */
function asShown(value: unknown): unknown {
  if (typeof value === 'number') return near(value, 6);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asShown(part)]));
}

describe('the examples in the docstrings', () => {
  it('are there', () => {
    expect(examples.length).toBeGreaterThan(7);
  });

  it.each(examples)('$call is $result', ({ call, result }) => {
    expect(evaluate(call)).toEqual(asShown(evaluate(result)));
  });
});
