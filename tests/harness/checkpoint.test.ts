import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  loadCheckpoint,
  saveCheckpoint,
  type Checkpoint,
  type ExperimentOptions,
  type RunContext,
} from '../../harness/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, runOnce } from './helpers.ts';

function checkpoint(step: number): Checkpoint {
  return {
    task: 1,
    update: 7,
    step,
    learner: { weights: Float32Array.of(1, NaN, -0), nested: { list: [1, null, 'x'], slots: Int32Array.of(3) } },
    evaluator: { age: 3, images: [Float32Array.of(0.25)] },
    files: { accuracy: 120 },
    seconds: { training: 1, evaluation: 2, other: 0.5 },
  };
}

describe('checkpoints', () => {
  test('come back as they went, typed arrays included', () => {
    const folder = temporaryFolder();
    saveCheckpoint(folder, checkpoint(3));
    expect(loadCheckpoint(folder)).toEqual(checkpoint(3));
  });

  test('keep the last two', () => {
    const folder = temporaryFolder();
    for (let step = 1; step <= 5; step++) saveCheckpoint(folder, checkpoint(step));
    expect(readdirSync(folder)).toEqual(['000004.ckpt', '000005.ckpt']);
  });

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5)],
    ['with a flipped bit', (bytes: Buffer) => bytes.with(bytes.length - 9, bytes[bytes.length - 9] ^ 1)],
    ['empty', () => new Uint8Array()],
    ['of something else', () => Buffer.from('not a checkpoint at all, but long enough to look like one for a while')],
  ])('%s fall back to the one before and say so', (_, damage) => {
    const folder = temporaryFolder();
    saveCheckpoint(folder, checkpoint(1));
    saveCheckpoint(folder, checkpoint(2));
    const path = join(folder, '000002.ckpt');
    writeFileSync(path, damage(readFileSync(path)));
    const corrupt: string[] = [];
    expect(loadCheckpoint(folder, (file) => corrupt.push(file))?.step).toBe(1);
    expect(corrupt).toEqual([path]);
  });

  test('that are all corrupt are an error that says what to do', () => {
    const folder = temporaryFolder();
    saveCheckpoint(folder, checkpoint(1));
    writeFileSync(join(folder, '000001.ckpt'), 'broken');
    expect(() => loadCheckpoint(folder)).toThrow(
      `${folder}: no checkpoint is readable; start the run anew with stabgap run --overwrite`,
    );
  });

  test('are absent where none was written', () => {
    const folder = temporaryFolder();
    expect(loadCheckpoint(join(folder, 'none'))).toBeNull();
    mkdirSync(join(folder, 'empty'));
    expect(loadCheckpoint(join(folder, 'empty'))).toBeNull();
  });
});

/** Executes a run, or goes on with it, and stops it after some updates. */
function stoppedAfter(updates: number, options: ExperimentOptions, folder: string, context: Partial<RunContext> = {}) {
  const stop = new AbortController();
  let made = 0;
  return runOnce(options, folder, {
    ...context,
    signal: stop.signal,
    onProgress() {
      if (++made === updates) stop.abort();
    },
  });
}

describe('an interrupted run', () => {
  test('goes on to files byte-identical to those of a run that was never stopped, for every method', async () => {
    for (const method of ['finetune', 'joint', 'er', 'der++', 'a-gem', 'ewc', 'lwf', 'set']) {
      const options = { methods: [method], momentum: 0.5, batch: 64, evaluateEvery: 3 };
      const whole = await runOnce(options);
      const folder = temporaryFolder();
      // Stop after every 11 updates, wherever that falls in a task.
      let result = await stoppedAfter(11, options, folder);
      let stops = 0;
      for (; result.record.status === 'interrupted'; stops++) result = await stoppedAfter(11, options, folder);
      expect(result.record.status, method).toBe('complete');
      expect(stops, method).toBeGreaterThan(4);
      expect(readTables(result.folder), method).toEqual(readTables(whole.folder));
    }
  });

  test('goes on to the same bytes where evaluation is adaptive, and evaluates fewer updates than there are', async () => {
    const options: ExperimentOptions = { methods: ['er'], batch: 16, epochs: 2, evaluateEvery: 'adaptive' };
    const whole = await runOnce(options);
    const folder = temporaryFolder();
    // 13 and the 96 updates of a task have no common divisor: the stops fall on many places of the rule.
    let result = await stoppedAfter(13, options, folder);
    for (; result.record.status === 'interrupted';) result = await stoppedAfter(13, options, folder);
    expect(readTables(result.folder)).toEqual(readTables(whole.folder));
    const { 'accuracy.csv': accuracy, 'steps.csv': steps } = readTables(whole.folder);
    expect(accuracy.length).toBeGreaterThan(0);
    expect(accuracy.split('\n').length).toBeLessThan(0.6 * steps.split('\n').length);
  }, 120_000);

  test('goes on from the checkpoint before where the last one is corrupt, to the same bytes', async () => {
    const whole = await runOnce({});
    const folder = temporaryFolder();
    const { folder: run } = await stoppedAfter(40, {}, folder, { checkpointEvery: 0 });
    const checkpoints = readdirSync(join(run, 'checkpoint')).toSorted();
    writeFileSync(join(run, 'checkpoint', checkpoints.at(-1)!), 'broken');
    const warnings: string[] = [];
    await runOnce({}, folder, { onWarning: (message) => warnings.push(message) });
    expect(warnings).toHaveLength(1);
    expect(readTables(run)).toEqual(readTables(whole.folder));
  });
});
