import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  claimFolder,
  planRuns,
  resolveExperiment,
  settleData,
  withoutSchedule,
  type ExperimentOptions,
} from '../../harness/index.ts';
import { createRateSchedule, rateFactor, stretched } from '../../harness/rateSchedule.ts';
import { readRunRecord, readSteps, type ScheduleFile } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, runOnce } from './helpers.ts';

const twoTasks = { method: 'er', optimizer: 'sgd', taskNames: ['a', 'b'], updatesOf: [4, 2], bounded: true };
const silent = (): void => {};

/** The factors of all updates of a stream. */
function factorsOf(schedule: (task: number, update: number) => number, updatesOf: readonly number[]): number[][] {
  return updatesOf.map((updates, task) => Array.from({ length: updates }, (_, update) => schedule(task, update)));
}

const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12) as unknown);

describe('a factor, worked by hand', () => {
  test.each([
    ['linear', [1, 0.75, 0.5, 0.25]],
    ['cosine', [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2]],
    ['constant', [1, 1, 1, 1]],
  ] as const)('%s', (schedule, expected) => {
    expect([0, 1, 2, 3].map((t) => rateFactor({ schedule }, t, 4))).toEqual(close(expected));
  });

  test('step falls at the very update that a share of the task names, whatever its decimals', () => {
    const step = { schedule: 'step', milestones: [0.07, 0.29, 0.58], decay: 0.1 } as const;
    const factors = Array.from({ length: 100 }, (_, t) =>
      rateFactor({ ...step, milestones: [...step.milestones] }, t, 100),
    );
    const falls = factors.flatMap((factor, t) => (t > 0 && factor < factors[t - 1] ? [t] : []));
    expect(falls).toEqual([7, 29, 58]);
    expect([factors[0], factors[7], factors[29], factors[58]]).toEqual(close([1, 0.1, 0.01, 0.001]));
  });
});

describe('a schedule', () => {
  test('starts anew with every task', () => {
    const schedule = createRateSchedule({ schedule: 'linear' }, twoTasks, null, silent)!;
    expect(factorsOf(schedule, [4, 2])).toEqual([
      [1, 0.75, 0.5, 0.25],
      [1, 0.5],
    ]);
    // What a method trains when a task has ended has the rate of the last update.
    expect(schedule(0, 4)).toBe(0.25);
  });

  test('takes a stream without tasks as one', () => {
    const schedule = createRateSchedule({ schedule: 'linear' }, { ...twoTasks, bounded: false }, null, silent)!;
    expect(factorsOf(schedule, [4, 2]).flat()).toEqual(close([6, 5, 4, 3, 2, 1].map((left) => left / 6)));
  });

  test('of a file is the file’s, stretched where a task has another number of updates, which is told', () => {
    const warnings: string[] = [];
    const file = scheduleFile([
      [1, 0.5, 0.25, 0],
      [0.5, 1, 0],
    ]);
    const options = { schedule: 'refined', scheduleFile: 'refined.json' } as const;
    const schedule = createRateSchedule(options, { ...twoTasks, updatesOf: [4, 5] }, file, (message) =>
      warnings.push(message),
    )!;
    expect(factorsOf(schedule, [4, 5])).toEqual([
      [1, 0.5, 0.25, 0],
      [0.5, 0.75, 1, 0.5, 0],
    ]);
    expect(warnings).toEqual([
      'task b has 5 updates, and its refined schedule 3: the factors are interpolated linearly',
    ]);
    expect(() => createRateSchedule(options, { ...twoTasks, bounded: false }, file, silent)).toThrow(
      'refined.json: it is a schedule of 2 tasks, and the stream counts as 1 task; make one',
    );
  });

  test('of another method, or another optimiser, is told as such', () => {
    const warnings: string[] = [];
    const file = scheduleFile([
      [1, 0.5, 0.25, 0],
      [1, 0],
    ]);
    const options = { schedule: 'refined', scheduleFile: 'refined.json' } as const;
    createRateSchedule(options, twoTasks, file, (message) => warnings.push(message));
    expect(warnings).toEqual([]);
    createRateSchedule(options, { ...twoTasks, optimizer: 'adam' }, file, (message) => warnings.push(message));
    createRateSchedule(options, { ...twoTasks, method: 'ewc' }, file, (message) => warnings.push(message));
    expect(warnings).toEqual([
      'its refined schedule was made of gradients of er by sgd, and this is er by adam',
      'its refined schedule was made of gradients of er by sgd, and this is ewc by sgd',
    ]);
  });

  test('that is stretched keeps its ends', () => {
    expect([0, 1, 2].map((t) => stretched([1, 0.6, 0.4, 0.2, 0], t, 3))).toEqual(close([1, 0.4, 0]));
    expect(stretched([0.3, 0.7], 0, 1)).toBe(0.3);
    expect([0, 1].map((t) => stretched([0.4], t, 2))).toEqual([0.4, 0.4]);
  });
});

function scheduleFile(factors: readonly number[][]): ScheduleFile {
  return {
    format: 1,
    schedule: 'refined',
    source: {
      run: 'er-seed1',
      method: 'er',
      stream: 'split-digits',
      scenario: 'class',
      seed: 1,
      optimizer: 'sgd',
      lr: 0.05,
      schedule: 'linear',
    },
    norm: 'l2',
    exponent: 2,
    tau: 0.1,
    tasks: factors.map((of, i) => ({ name: `task ${i + 1}`, updates: of.length, factors: of })),
  };
}

function writeSchedule(factors: readonly number[][]): string {
  const path = join(temporaryFolder(), 'refined.json');
  writeFileSync(path, JSON.stringify(scheduleFile(factors)));
  return path;
}

const brief: ExperimentOptions = { tasks: 2, evaluateEvery: 20, lr: 0.2 };

const stepsOf = (folder: string) => readSteps(join(folder, 'steps.csv'));

describe('a run', () => {
  test('logs the rate of each update, as task and update say', async () => {
    const { folder } = await runOnce({ ...brief, schedule: 'cosine' });
    const { values, trainingTask } = stepsOf(folder);
    const lr = [...values.get('lr')!];
    for (const task of [0, 1]) {
      const own = lr.filter((_, row) => trainingTask[row] === task);
      expect(own).toEqual(close(own.map((_, t) => 0.1 * (1 + Math.cos((Math.PI * t) / own.length)))));
    }
    expect(readRunRecord(folder).training.schedule).toBe('cosine');
  });

  test('trains with that rate: like a constant one until the first milestone, then like a tenth of it', async () => {
    const plain = stepsOf((await runOnce(brief)).folder);
    const stepped = stepsOf((await runOnce({ ...brief, schedule: 'step', milestones: [0.5] })).folder);
    const [expected, found] = [plain, stepped].map(({ values }) => [...values.get('loss')!]);
    expect([...plain.values.keys()]).toEqual(['loss']);
    const half = Math.ceil(plain.trainingTask.filter((task) => task === 0).length / 2);
    // The loss is that before the update: the first slower one shows in the loss after it.
    expect(found.slice(0, half + 1)).toEqual(expected.slice(0, half + 1));
    expect(found[half + 1]).not.toBe(expected[half + 1]);
    expect(stepped.values.get('lr')![half]).toBeCloseTo(0.02, 12);
    expect(stepped.values.get('lr')![half - 1]).toBe(0.2);
  });

  test('moves nothing in an update whose factor is 0', async () => {
    const frozen = [Array.from({ length: 30 }, () => 0), [1]];
    const { folder } = await runOnce({ ...brief, schedule: 'refined', scheduleFile: writeSchedule(frozen) });
    const rows = readTables(folder)['matrix.csv'].split('\n');
    const matrix = rows.map((row) => row.split(',').slice(1).join());
    expect(matrix[2]).toBe(matrix[1]);
    expect(matrix[3]).not.toBe(matrix[2]);
  });

  test('that was interrupted goes on with the rate of the update that it has reached', async () => {
    const options: ExperimentOptions = { ...brief, schedule: 'linear' };
    const { folder: expected } = await runOnce(options);
    const folder = temporaryFolder();
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === 15 && stop.abort();
    const { record } = await runOnce(options, folder, { signal: stop.signal, onProgress });
    expect(record.status).toBe('interrupted');
    const { folder: resumed } = await runOnce(options, folder);
    expect(readTables(resumed)).toEqual(readTables(expected));
  });

  test('of a method that trains at evaluations has no rate to schedule', async () => {
    const gdumb = { name: 'gdumb', options: { memory: 20, passes: 2 } };
    const [plain, scheduled] = await Promise.all(
      (['constant', 'linear'] as const).map((schedule) =>
        runOnce({ ...brief, evaluateEvery: 40, methods: [gdumb], schedule }),
      ),
    );
    expect(readTables(scheduled.folder)).toEqual(readTables(plain.folder));
  });
});

describe('a refined schedule', () => {
  const refined = async (factors: readonly number[][], options: ExperimentOptions = {}) => {
    const path = writeSchedule(factors);
    return (await settleData(resolveExperiment({ ...brief, schedule: 'refined', scheduleFile: path, ...options })))
      .experiment;
  };
  const factors = [
    [1, 0],
    [1, 0],
  ];

  test('is part of the experiment by its content, wherever the file lies', async () => {
    const folder = join(temporaryFolder(), 'out');
    const first = await refined(factors);
    claimFolder(folder, first);
    const moved = await refined(factors);
    expect(moved.methods[0].scheduleFile).not.toBe(first.methods[0].scheduleFile);
    claimFolder(folder, moved);
    const other = await refined([[1, 0.1], [1]]);
    expect(() => claimFolder(folder, other)).toThrow('holds another experiment (it differs in: methods)');
    // What is settled is a recipe, and settles to itself.
    expect((await settleData(resolveExperiment(first as ExperimentOptions))).experiment).toEqual(first);
  });

  test('is refused before anything runs if its file is another one, none, or of other tasks', async () => {
    const settled = await refined(factors);
    writeFileSync(settled.methods[0].scheduleFile!, JSON.stringify(scheduleFile([[1], [1]])));
    await expect(settleData(settled)).rejects.toThrow('is not the schedule of the experiment');
    await expect(refined([[1]])).rejects.toThrow('it is a schedule of 1 task, and the stream counts as 2 tasks');
    await expect(refined(factors, { scenario: 'task-free', methods: ['er'] })).rejects.toThrow('counts as 1 task');
    await expect(refined(factors, { scheduleFile: '/no/such.json' })).rejects.toThrow('/no/such.json does not exist');
    const broken = join(temporaryFolder(), 'x.json');
    writeFileSync(broken, '{');
    await expect(refined(factors, { scheduleFile: broken })).rejects.toThrow('not valid JSON');
    writeFileSync(broken, JSON.stringify({ ...scheduleFile(factors), tau: 'wide' }));
    await expect(refined(factors, { scheduleFile: broken })).rejects.toThrow('tau: expected number');
    writeFileSync(
      broken,
      JSON.stringify({ ...scheduleFile([[1, 0]]), tasks: [{ name: 'a', updates: 3, factors: [1] }] }),
    );
    await expect(refined(factors, { scheduleFile: broken })).rejects.toThrow('task a has 1 factors for 3 updates');
  });

  test('stands in the record with the name of its file and its checksum', async () => {
    const experiment = await refined(factors);
    const { scheduleFile: path, scheduleSha256 } = experiment.methods[0];
    const { record } = await runOnce(experiment as ExperimentOptions);
    expect(record.training).toMatchObject({ schedule: 'refined', scheduleFile: 'refined.json', scheduleSha256 });
    expect(path).toMatch(/^\/.*refined\.json$/);
    expect(record.warnings).toContainEqual(
      expect.stringMatching(/^task task-1 has \d+ updates, and its refined schedule 2: the factors/),
    );
  });
});

describe('the keys of schedules', () => {
  const training = (options: ExperimentOptions) => planRuns(resolveExperiment(options)).map(({ method }) => method);

  test('are there for their own schedule alone, for all methods or one', () => {
    const methods = ['finetune', { name: 'er', schedule: 'cosine' as const }];
    const [finetune, er] = training({ methods, schedule: 'step', decay: 0.5 });
    expect(finetune).toMatchObject({ schedule: 'step', milestones: [0.5, 0.75], decay: 0.5 });
    expect(er.schedule).toBe('cosine');
    expect(er).not.toHaveProperty('decay');
    expect(training({})[0]).not.toHaveProperty('milestones');
  });

  test('are refused where they mean nothing', () => {
    expect(() => training({ milestones: [0.5] })).toThrow(
      'options: milestones belongs to schedule step, which no method has; leave it out, or set schedule step',
    );
    expect(() => training({ methods: [{ name: 'er', decay: 0.5 }] })).toThrow(
      'options: methods: er: decay belongs to schedule step, and this is constant; leave decay out, or set schedule step',
    );
    expect(() => training({ schedule: 'refined' })).toThrow(
      'finetune: schedule refined needs scheduleFile: a file that',
    );
    expect(() => training({ schedule: 'step', milestones: [0.5, 0.5] })).toThrow('milestones: must rise');
  });

  test('give way to those of another schedule, and a checksum to another file', () => {
    const step = { schedule: 'step', milestones: [0.5], decay: 0.1 } as const;
    expect(withoutSchedule({ ...step, milestones: [0.5] }, { schedule: 'linear' })).toEqual({ schedule: 'step' });
    expect(withoutSchedule({ ...step, milestones: [0.5] }, { decay: 0.2 })).toEqual(step);
    const refined = { schedule: 'refined', scheduleFile: 'a', scheduleSha256: '0' } as const;
    expect(withoutSchedule(refined, { scheduleFile: 'b' })).toEqual({ schedule: 'refined', scheduleFile: 'a' });
  });
});
