import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { UserError, parseWith, unknownName } from '../../base/index.ts';

const schema = z.strictObject({
  epochs: z.int().min(1).default(3),
  order: z.enum(['natural', 'random']).optional(),
  nested: z.strictObject({ rate: z.number().positive() }).optional(),
  list: z.array(z.strictObject({ name: z.string() })).default([]),
});
const parse = (values: unknown) => parseWith(schema, values, 'recipe.yaml');

describe('parseWith', () => {
  test('fills in defaults', () => {
    expect(parse({})).toEqual({ epochs: 3, list: [] });
  });

  test.each([
    [{ epoch: 2 }, 'recipe.yaml: unknown option: epoch (known: epochs, list, nested, order)'],
    [{ nested: { rat: 2 } }, 'recipe.yaml: unknown option: nested.rat (known: rate)'],
    [{ list: [{ name: 'a', x: 1 }] }, 'recipe.yaml: unknown option: list.0.x (known: name)'],
    [{ epochs: '2' }, 'recipe.yaml: epochs: expected number, received string'],
    [{ epochs: 0 }, 'recipe.yaml: epochs: must be >=1'],
    [{ epochs: -3 }, 'recipe.yaml: epochs: must be >=1'],
    [{ epochs: 1.5 }, 'recipe.yaml: epochs: expected int, received number'],
    [{ order: 'up' }, 'recipe.yaml: order: must be one of natural, random'],
    [[], 'recipe.yaml: expected object, received array'],
  ])('%j is refused with one line', (values, message) => {
    expect(() => parse(values)).toThrow(new UserError(message));
  });
});

test('unknownName names what is known, in order', () => {
  expect(unknownName('method', 'foo', ['ewc', 'er']).message).toBe('unknown method: foo (known: er, ewc)');
});
