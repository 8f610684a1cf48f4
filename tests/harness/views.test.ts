import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { executeRun, planRuns, resolveExperiment } from '../../harness/index.ts';
import { defineMethod, findMethod, registerMethod, type Batch } from '../../methods/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, runOnce, small } from './helpers.ts';

const seen: Pick<Batch, 'ids' | 'size'>[] = [];
const { title, family, paper, scenarios, create } = findMethod('finetune');
registerMethod(
  defineMethod({
    name: 'watching',
    title,
    family,
    paper,
    scenarios,
    options: z.strictObject({ views: z.int().default(1) }),
    views: ({ views }) => views,
    async create(setup) {
      const learner = await create({ ...setup, options: {} });
      return {
        ...learner,
        observe(batch) {
          seen.push({ ids: batch.ids.slice(), size: batch.size });
          return learner.observe(batch);
        },
      };
    },
  }),
);

test('a method with views gets each sample of a batch in V rows, over as many updates as without', async () => {
  const updatesWith = async (views: number) => {
    seen.length = 0;
    const { record } = await runOnce({
      methods: [{ name: 'watching', options: { views } }],
      epochs: 2,
      evaluateEvery: 100,
    });
    return record.cost!.updates;
  };
  const plain = await updatesWith(1);
  expect(new Set(seen[0].ids.subarray(0, 32)).size).toBe(32);
  expect(await updatesWith(4)).toBe(plain);
  expect(seen).toHaveLength(plain);
  for (const { ids, size } of seen) for (let i = 0; i < size; i++) expect(ids[i]).toBe(ids[i - (i % 4)]);
  expect(new Set(seen[0].ids.subarray(0, 32)).size).toBe(8);
});

test('batches that do not hold whole samples are refused before anything runs', () => {
  expect(() => resolveExperiment({ ...small, batch: 10, methods: ['view-batch'] })).toThrow(
    'method view-batch: views: a batch of 10 rows does not hold 4 views of each of its samples; choose a batch of 8 or 12, or other views',
  );
});

test('a run with views that is stopped and resumed leaves byte-identical files', async () => {
  const options = {
    ...small,
    methods: [
      { name: 'view-batch', options: { base: 'der++', views: 4, baseOptions: { memory: 50, replayBatch: 8 } } },
    ],
    epochs: 2,
    evaluateEvery: 20,
  };
  const whole = await runOnce(options);
  const experiment = resolveExperiment(options);
  const [plan] = planRuns(experiment);
  const folder = temporaryFolder();
  // In the first epoch of a task, in the second, and in a later task.
  for (const stop of [3, 15, 60]) {
    const abort = new AbortController();
    const record = await executeRun(experiment, plan, {
      folder,
      signal: abort.signal,
      onProgress: ({ done }) => done >= stop && abort.abort(),
    });
    expect(record.status).toBe('interrupted');
  }
  expect((await executeRun(experiment, plan, { folder })).status).toBe('complete');
  expect(readTables(join(folder, plan.name))).toEqual(readTables(whole.folder));
});
