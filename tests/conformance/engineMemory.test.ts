import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('memory does not grow over 20,000 runs of a compiled program', () => {
  const script = join(import.meta.dirname, 'memoryInProcess.mjs');
  const output = execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' });
  const resident = JSON.parse(output) as number[];
  expect(resident).toHaveLength(5);
  // Results of 147 kB a run, which the binding must not copy: a leak of a hundredth of them would be 29 MB.
  expect(resident[4] - resident[0]).toBeLessThan(10 * 2 ** 20);
});
