import * as z from 'zod';
import { expect, test } from 'vitest';
import { UserError } from '../../base/index.ts';
import { openEngine } from '../../engine/index.ts';
import { defineMethod, findMethod, methods, registerMethod } from '../../methods/index.ts';
import { blobStream, setupFor } from './fixtures.ts';

const taskOnly = defineMethod({
  name: 'task-only',
  title: 'A method for one scenario',
  family: 'baseline',
  paper: 'none',
  scenarios: ['task'],
  options: z.strictObject({ memory: z.int().min(1).default(5) }),
  create: () => Promise.reject(new Error('created')),
});

test('a method refuses the scenarios it does not claim before it is created', async () => {
  const engine = await openEngine('onnx');
  const inScenario = (scenario: 'class' | 'task') =>
    taskOnly.create(setupFor('finetune', { engine, stream: blobStream('split', scenario) }));
  await expect(inScenario('class')).rejects.toThrow(
    new UserError('method task-only does not run in the class scenario (it runs in: task)'),
  );
  await expect(inScenario('task')).rejects.toThrow('created');
});

test('options get their defaults, and wrong ones are refused by name', () => {
  expect(taskOnly.parseOptions({})).toEqual({ memory: 5 });
  expect(() => taskOnly.parseOptions({ memory: 0 })).toThrow('method task-only: memory: must be >=1');
  expect(() => taskOnly.parseOptions({ memry: 7 })).toThrow('method task-only: unknown option: memry (known: memory)');
});

test.each([
  ['lwf', { temperature: 0 }],
  ['lwf', { lambda: -1 }],
  ['ewc', { gamma: 1.1 }],
  ['ewc', { fisher: 'batched' }],
  ['set', { sparsity: 1 }],
  ['er', { memory: 2.5 }],
])('%s refuses %o', (name, options) => {
  expect(() => findMethod(name).parseOptions(options)).toThrow(`method ${name}: ${Object.keys(options)[0]}: `);
});

test('an unknown method is named with the known ones', () => {
  expect(() => findMethod('erx')).toThrow(
    `unknown method: erx (known: ${methods
      .map(({ name }) => name)
      .toSorted()
      .join(', ')})`,
  );
});

test('a method of one’s own can be found once it is registered, and only once', () => {
  registerMethod(taskOnly);
  expect(findMethod('task-only')).toBe(taskOnly);
  expect(() => registerMethod(taskOnly)).toThrow('method task-only is already registered');
  expect(() => registerMethod(methods[0])).toThrow('method finetune is already registered');
});
