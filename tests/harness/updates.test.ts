import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineMethod, findMethod, registerMethod } from '../../methods/index.ts';
import { runOnce } from './helpers.ts';

let told: readonly number[] | undefined;
const seen: number[] = [];
const { title, family, paper, scenarios, create } = findMethod('finetune');
registerMethod(
  defineMethod({
    name: 'counting',
    title,
    family,
    paper,
    scenarios,
    options: z.strictObject({}),
    async create(setup) {
      told = setup.training.updates;
      const learner = await create(setup);
      return {
        ...learner,
        observe(batch) {
          seen[batch.task] = (seen[batch.task] ?? 0) + 1;
          return learner.observe(batch);
        },
      };
    },
  }),
);

test.each([
  ['class', 5],
  ['task-free', 1],
] as const)(
  'in the %s scenario a learner is told how many updates each of its tasks will have',
  async (scenario, tasks) => {
    seen.length = 0;
    await runOnce({ scenario, methods: ['counting'], epochs: 2, evaluateEvery: 100 });
    expect(told).toHaveLength(tasks);
    expect(told).toEqual(seen);
  },
);
