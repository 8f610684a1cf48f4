import { expect, test } from 'vitest';
import { UserError } from '../../base/index.ts';
import { createRegistry } from '../../benchmarks/registry.ts';

test('createRegistry(kind, entries) finds an entry by name and keeps the order', () => {
  const registry = createRegistry('fruit', [{ name: 'pear' }, { name: 'apple' }]);
  expect(registry.get('apple')).toEqual({ name: 'apple' });
  expect(registry.entries.map((entry) => entry.name)).toEqual(['pear', 'apple']);
});

test('an unknown name is answered with the known ones', () => {
  const registry = createRegistry('fruit', [{ name: 'pear' }, { name: 'apple' }]);
  expect(() => registry.get('plum')).toThrow(new UserError('unknown fruit: plum (known: apple, pear)'));
});

test('two entries of one name throw', () => {
  expect(() => createRegistry('fruit', [{ name: 'pear' }, { name: 'pear' }])).toThrow('duplicate fruit: pear');
});
