import { expect, test } from 'vitest';
import { loadDataset } from '../../../benchmarks/index.ts';

test('the data set read last is kept, a failure is not', async () => {
  const first = await loadDataset('digits');
  expect(await loadDataset('digits')).toBe(first);
  const failing = { dataDir: '/nowhere' };
  await expect(loadDataset('mnist', failing)).rejects.toThrow('/nowhere');
  await expect(loadDataset('mnist', failing)).rejects.toThrow('/nowhere');
  expect(await loadDataset('digits')).not.toBe(first);
});
