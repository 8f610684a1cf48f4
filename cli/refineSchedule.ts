import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../base/index.ts';
import {
  readExperiment,
  readRunRecord,
  readSteps,
  type RunRecord,
  type ScheduleFile,
  type StepLog,
} from '../logs/index.ts';
import { refinedSchedule } from '../metrics/index.ts';

export type Norm = ScheduleFile['norm'];

interface Choice {
  /** By the run's optimiser unless given. */
  readonly norm?: Norm;
  /** Share of a task that the median filter spans. */
  readonly tau: number;
}

/**
 * The refined schedule of a run that logged the norms of its gradients, task by task (arXiv:2310.07831): from ℓ2 norms to the power −2 where it was trained
 * by sgd, from ℓ1 norms to the power −1 where by Adam and its kin.
 * @param folder of the run
 * @throws {UserError} if the folder is no complete run with norms that a schedule can be made of
 */
export function refineSchedule(folder: string, { norm: asked, tau }: Choice): ScheduleFile {
  requireRunFolder(folder);
  const record = readRunRecord(folder);
  const { run, method, seed, stream, training, status, evaluation } = record;
  if (status !== 'complete')
    throw new UserError(
      `${folder}: the run is ${status}, and a schedule needs the gradients of all of its updates; ` +
        (status === 'diverged' ? 'run it with a smaller lr' : `go on with it by stabgap resume ${dirname(folder)}`),
    );
  const again = `run it again with --gradients${training.schedule === 'linear' ? '' : ' --schedule linear'}`;
  if (!evaluation.gradients) throw new UserError(`${folder}: steps.csv holds no norms of gradients; ${again}`);
  const norm = asked ?? normFor(folder, training.optimizer);
  const exponent = norm === 'l2' ? 2 : 1;
  const steps = readSteps(join(folder, 'steps.csv'));
  const norms = steps.values.get(`gradient_${norm}`);
  if (!norms) throw new UserError(`${folder}/steps.csv has no column gradient_${norm}; ${again}`);
  return {
    format: 1,
    schedule: 'refined',
    source: {
      run,
      method: method.name,
      stream: stream.name,
      scenario: stream.scenario,
      seed,
      optimizer: String(training.optimizer),
      lr: Number(training.lr),
      schedule: String(training.schedule ?? 'constant'),
    },
    norm,
    exponent,
    tau,
    tasks: partsOf(record, steps).map(({ name, from, to }) => {
      const where = `${folder}, task ${name}`;
      const factors = factorsOf(norms.subarray(from, to), { exponent, tau, first: steps.steps[from], where });
      return { name, updates: to - from, factors };
    }),
  };
}

/** @throws {UserError} naming the runs of an experiment's folder */
function requireRunFolder(folder: string): void {
  if (existsSync(join(folder, 'run.json')) || !existsSync(join(folder, 'experiment.json'))) return;
  const runs = readExperiment(folder).runs.map(({ record }) => join(folder, record.run));
  throw new UserError(`${folder} is an experiment; name one of its runs: ${runs.join(', ')}`);
}

function normFor(folder: string, optimizer: unknown): Norm {
  if (optimizer === 'sgd') return 'l2';
  if (optimizer === 'adam' || optimizer === 'adamw') return 'l1';
  throw new UserError(
    `${folder}: it is not known which norm goes with the optimizer ${String(optimizer)}; give --norm l1 or l2`,
  );
}

/** The rows of each task; of a stream without tasks all rows. */
function partsOf({ stream }: RunRecord, { steps, tasks, trainingTask }: StepLog) {
  const all = { from: 0, to: steps.length };
  if (stream.scenario === 'task-free') return [{ name: stream.name, ...all }];
  return tasks.map((name, task) => ({
    name,
    from: trainingTask.indexOf(task),
    to: trainingTask.lastIndexOf(task) + 1,
  }));
}

/** @throws {UserError} where the norms leave no schedule */
function factorsOf(
  norms: Float64Array,
  { exponent, tau, first, where }: { exponent: number; tau: number; first: number; where: string },
): number[] {
  if (norms.length < 2) throw new UserError(`${where}: a schedule needs two updates, and it has ${norms.length}`);
  const missing = norms.findIndex((norm) => !Number.isFinite(norm));
  if (missing >= 0)
    throw new UserError(
      `${where}: no norm of a gradient was logged for update ${first + missing}; a schedule needs one of every update, which a method that trains otherwise than by updates does not have`,
    );
  const factors = [...refinedSchedule(norms, { exponent, tau })];
  if (factors.some(Number.isNaN))
    throw new UserError(
      `${where}: gradients of norm 0 in most of a stretch of updates leave no weights to make a schedule of; try a larger --tau than ${tau}, or train on fewer epochs`,
    );
  return factors;
}
