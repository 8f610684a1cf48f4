import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSteps } from '../../logs/index.ts';
import { runOnce } from './helpers.ts';

describe.each(['ewc', 'l2', 'fast-slow'])('a lambda of %s that is far too large', (name) => {
  // 1e9 overshoots further with every update; 1e300 is no 32-bit float at all.
  test.each([1e9, 1e300])('(%d) ends the run as diverged, and the reason names it', async (lambda) => {
    const { record, folder } = await runOnce({ methods: [{ name, options: { lambda } }], lr: 0.05 });
    expect(record.status).toBe('diverged');
    expect(record.reason).toMatch(/^the loss became (NaN|Infinity) at update \d+, in task 2\/3; /);
    expect(record.reason).toContain(`try a smaller lr than 0.05, or a smaller lambda than ${lambda}`);
    // What came before is kept: no penalty in the first task, and finite numbers only.
    const steps = readSteps(join(folder, 'steps.csv'));
    const first = steps.values.get('penalty')!.filter((_, i) => steps.trainingTask[i] === 0);
    expect(first.length).toBeGreaterThan(0);
    expect(first.every((penalty) => penalty === 0)).toBe(true);
    expect(steps.values.get('loss')!.every(Number.isFinite)).toBe(true);
  });

  test('the same in the form with a penalty for each task', async () => {
    const options = { ewc: { form: 'separate' }, l2: { anchors: 'all' } }[name] ?? {};
    const { record } = await runOnce({ methods: [{ name, options: { ...options, lambda: 1e30 } }] });
    expect(record.status).toBe('diverged');
    expect(record.reason).toContain('or a smaller lambda than 1e+30');
  });
});
