import { join } from 'node:path';
import { UserError, createRng, messageOf, type Rng } from '../base/index.ts';
import { createStream, type Stream } from '../benchmarks/index.ts';
import { openEngine, sizeOf, type Provider } from '../engine/index.ts';
import { readScheduleFile, type RunRecord } from '../logs/index.ts';
import { findMethod, type Learner, type LearnerTask, type Setup } from '../methods/index.ts';
import { dropCheckpoints, loadCheckpoint, saveCheckpoint, type Checkpoint } from './checkpoint.ts';
import { createNetwork } from './createNetwork.ts';
import { probeSize } from './adaptive.ts';
import { createEvaluator, type Evaluator, type Score } from './evaluate.ts';
import { createGradientLog, type GradientLog } from './gradientLog.ts';
import { createSchedule, type EvaluationSchedule } from './evaluationSchedule.ts';
import type { Experiment, RunPlan } from './experiment.ts';
import { peakMemory } from './machine.ts';
import { networkOptionsOf } from './networkSchema.ts';
import { createPrequential, type Prequential } from './prequential.ts';
import { createRateSchedule } from './rateSchedule.ts';
import { openRecord, writeRunRecord, type RecordWriter } from './record.ts';
import { startRecord } from './runRecord.ts';
import { createBatchOrder, updatesPerTask } from './schedule.ts';
import { streamInfoOf } from './streamInfo.ts';
import { streamOptionsOf } from './streamSchema.ts';
import { augmentationOf, createOptimizer } from './training.ts';

export interface Progress {
  readonly run: string;
  /** Updates made and to be made in the whole run. */
  readonly done: number;
  readonly total: number;
  readonly task: string;
  /** Mean accuracy over the tasks seen, at the last evaluation. */
  readonly accuracy: number | null;
}

export interface RunContext {
  /** The experiment's folder. */
  readonly folder: string;
  readonly dataDir?: string;
  /** Native threads of the engine. */
  readonly threads?: number;
  /** Where the `onnx` engine computes; the CPU unless given. */
  readonly provider?: Provider;
  /** Seconds between checkpoints. */
  readonly checkpointEvery?: number;
  /** Stops the run after the update at hand, leaving a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onWarning?: (message: string) => void;
}

/** Thrown out of the loop when the loss is no longer a number. */
class Divergence extends Error {}

/**
 * Executes one run, or goes on with it from its last checkpoint: trains one method on one stream with one seed, evaluates it on the way
 * and keeps the record. A run that diverges or fails ends with that status and its reason; only mistakes of the user are thrown.
 */
export async function executeRun(experiment: Experiment, plan: RunPlan, context: RunContext): Promise<RunRecord> {
  const folder = join(context.folder, plan.name);
  const rng = createRng(plan.seed);
  const stream = await createStream(experiment.stream, streamOptionsOf(experiment), {
    rng: rng.fork('stream'),
    dataDir: context.dataDir,
  });
  const network = createNetwork(experiment.network, networkOptionsOf(experiment), stream);
  const engine = await openEngine(experiment.engine, { threads: context.threads, provider: context.provider });
  try {
    const reached = { task: 0, update: 0 };
    const checkpoint = loadCheckpoint(join(folder, 'checkpoint'), (path) =>
      context.onWarning?.(`${path} is corrupt; going on from the one before`),
    );
    const warnings = [...(checkpoint?.warnings ?? [])];
    const warn = (message: string): void => {
      if (warnings.includes(message)) return;
      warnings.push(message);
      context.onWarning?.(`${plan.name}: ${message}`);
    };
    const gradients = experiment.gradients ? createGradientLog() : null;
    const updatesOf = updatesOfTasks(plan, stream);
    const factorAt = rateScheduleOf(plan, stream, updatesOf, warn);
    const rateFactor = factorAt && (() => factorAt(reached.task, reached.update));
    const parts = { plan, stream, engine, network, rng, reached, gradients, rateFactor, updatesOf, warn };
    const learner = await createLearner(parts);
    const evaluator = await createEvaluator(
      engine,
      learner.model,
      stream,
      experiment.evaluateSubset,
      rng.fork('evaluation'),
      { mode: experiment.evaluateMode },
    );
    const schedule = await createSchedule(
      experiment.evaluateEvery,
      // In full: what an incremental evaluation follows, the evaluator alone may read.
      () =>
        createEvaluator(engine, learner.model, stream, probeSize(evaluator.subsetSizes), rng.fork('probe'), {
          mode: 'full',
        }),
      checkpoint?.schedule,
    );
    const prequential = experiment.prequential
      ? await createPrequential(engine, learner.model, stream, plan.method.batch)
      : null;
    const start = startRecord({
      experiment,
      plan,
      stream,
      engine,
      network,
      evaluator,
      warnings,
    });
    writeRunRecord(folder, start);
    const record = openRecord(
      folder,
      stream.tasks.map(({ name }) => name),
      checkpoint?.files ?? null,
      experiment,
    );
    try {
      const end = await train({
        plan,
        context,
        folder,
        stream,
        rng,
        learner,
        evaluator,
        schedule,
        prequential,
        gradients,
        rateFactor,
        updatesOf,
        record,
        checkpoint,
        reached,
        warnings,
      });
      const evaluation = { ...start.evaluation, ...evaluator.usage };
      const final: RunRecord = { ...start, ...end, evaluation, warnings, ended: new Date().toISOString() };
      writeRunRecord(folder, final);
      if (final.status === 'complete') dropCheckpoints(join(folder, 'checkpoint'));
      return final;
    } finally {
      record.close();
    }
  } finally {
    await engine.dispose();
  }
}

interface Parts {
  readonly plan: RunPlan;
  readonly context: RunContext;
  readonly folder: string;
  readonly stream: Stream;
  readonly rng: Rng;
  readonly learner: Learner;
  readonly evaluator: Evaluator;
  readonly schedule: EvaluationSchedule;
  readonly prequential: Prequential | null;
  readonly gradients: GradientLog | null;
  /** Of the update that has been reached; null where the rate is constant. */
  readonly rateFactor: (() => number) | null;
  /** Updates of each task. */
  readonly updatesOf: readonly number[];
  readonly record: RecordWriter;
  readonly checkpoint: Checkpoint | null;
  readonly reached: Reached;
  /** Grows as the run goes on. */
  readonly warnings: readonly string[];
}

/** What the run has reached: a task, beyond which all is kept from the learner, and the number of an update in it, from 0. */
interface Reached {
  task: number;
  update: number;
}

type Ending = Pick<RunRecord, 'status' | 'reason' | 'cost'>;

/** The loop. */
async function train({
  plan,
  context,
  folder,
  stream,
  rng,
  learner,
  evaluator,
  schedule,
  prequential,
  gradients,
  rateFactor,
  updatesOf,
  record,
  checkpoint,
  reached,
  warnings,
}: Parts): Promise<Ending> {
  const { batch: capacity, lr } = plan.method;
  const views = findMethod(plan.method.name).views(plan.method.options);
  const inputSize = sizeOf(stream.inputShape);
  const total = updatesOf.reduce((sum, updates) => sum + updates, 0);
  const seconds = { training: 0, evaluation: 0, other: 0, ...checkpoint?.seconds };
  const batch = {
    x: new Float32Array(capacity * inputSize),
    y: new Int32Array(capacity),
    ids: new Int32Array(capacity),
  };
  const bounded = stream.scenario !== 'task-free';
  let step = checkpoint?.step ?? 0;
  let accuracy: number | null = null;
  let saved = performance.now();
  let mark = saved;

  /** Books the time since the last call. */
  const spend = (on: keyof typeof seconds): void => {
    const now = performance.now();
    seconds[on] += (now - mark) / 1000;
    mark = now;
  };
  const save = (task: number, update: number): void => {
    const files = record.sync();
    const states = { learner: learner.state(), evaluator: evaluator.state(), schedule: schedule.state() };
    saveCheckpoint(join(folder, 'checkpoint'), { task, update, step, ...states, files, warnings, seconds });
    saved = performance.now();
  };
  const evaluate = async (task: number): Promise<Score[]> => {
    spend('other');
    const scores = await evaluator.evaluate(task + 1);
    spend('evaluation');
    record.evaluation(
      step,
      stream.tasks[task].name,
      scores.map((score) => score.accuracy),
      scores.map((score) => score.loss),
    );
    accuracy = scores.reduce((sum, score) => sum + score.accuracy, 0) / scores.length;
    return scores;
  };
  const isDue = async (task: number, update: number): Promise<boolean> => {
    spend('other');
    const due = await schedule.isDue(update, updatesOf[task]);
    spend('evaluation');
    return due;
  };
  const evaluateAll = async (row: string): Promise<void> => {
    spend('other');
    const scores = await evaluator.evaluateAll();
    spend('evaluation');
    record.matrixRow(
      row,
      scores.map((score) => score.accuracy),
    );
  };
  const ending = (status: Ending['status'], reason: string | null): Ending => {
    spend('other');
    record.sync();
    const { flops, extraBytes } = learner.cost();
    return {
      status,
      reason,
      cost: { updates: step, seconds, trainingFlops: flops, peakMemoryBytes: peakMemory(), extraBytes },
    };
  };

  try {
    if (checkpoint) {
      learner.restore(checkpoint.learner);
      evaluator.restore(checkpoint.evaluator);
    } else await evaluateAll('initial');

    for (let index = checkpoint?.task ?? 0; index < stream.tasks.length; index++) {
      reached.task = index;
      const { name, outputs, train: samples } = stream.tasks[index];
      const task: LearnerTask = { index, outputs, train: samples };
      const order = createBatchOrder(rng, index, samples.length, capacity, { views, ordered: stream.ordered });
      let update = checkpoint?.task === index ? checkpoint.update : 0;
      reached.update = update;
      if (update === 0) {
        if (bounded) await learner.beginTask?.(task);
        spend('training');
        schedule.begin(await evaluate(index));
      }
      while (update < updatesOf[index]) {
        reached.update = update;
        const rows = order(update);
        samples.read(rows, batch.x);
        for (let i = 0; i < rows.length; i++) {
          batch.y[i] = samples.labels[rows[i]];
          batch.ids[i] = samples.ids[rows[i]];
        }
        spend('other');
        const incoming = { ...batch, size: rows.length, task: bounded ? index : 0 };
        if (prequential) record.prequential(step, name, rows.length, await prequential.score(incoming, index));
        spend('evaluation');
        const stats = await learner.observe(incoming);
        spend('training');
        update++;
        step++;
        if (!Number.isFinite(stats.loss))
          throw new Divergence(`the loss became ${stats.loss} at update ${step}, in task ${name}; ${adviceFor(plan)}`);
        record.step(step, name, { ...stats, ...(rateFactor && { lr: lr * rateFactor() }), ...gradients?.take() });
        if (await isDue(index, update)) schedule.evaluated(await evaluate(index));
        context.onProgress?.({ run: plan.name, done: step, total, task: name, accuracy });
        const stopping = context.signal?.aborted === true;
        if (stopping || performance.now() - saved > 1000 * (context.checkpointEvery ?? 10)) save(index, update);
        if (stopping) return ending('interrupted', 'stopped by the user; go on with stabgap resume');
      }
      if (bounded) await learner.endTask?.(task);
      spend('training');
      await evaluateAll(name);
      save(index + 1, 0);
    }
    return ending('complete', null);
  } catch (error) {
    if (error instanceof UserError) throw error;
    return ending(error instanceof Divergence ? 'diverged' : 'failed', messageOf(error));
  }
}

function updatesOfTasks({ method: { batch, epochs } }: RunPlan, { tasks }: Stream): number[] {
  return tasks.map((task) => updatesPerTask(task.train.length, batch, epochs));
}

/** The factor on the learning rate by task and update; null where it is constant, or where the method trains at evaluations and not by updates. */
function rateScheduleOf({ method }: RunPlan, stream: Stream, updatesOf: readonly number[], warn: Setup['warn']) {
  if (findMethod(method.name).learnsAt === 'evaluation') return null;
  const file = method.scheduleFile === undefined ? null : readScheduleFile(method.scheduleFile, method.scheduleSha256);
  const bounded = stream.scenario !== 'task-free';
  const taskNames = stream.tasks.map(({ name }) => name);
  const trained = { method: method.name, optimizer: method.optimizer };
  return createRateSchedule(method, { ...trained, taskNames, updatesOf, bounded }, file?.schedule ?? null, warn);
}

/** What to try after a run diverged. */
function adviceFor({ method: { name, lr, options } }: RunPlan): string {
  const own = findMethod(name).whenDiverged(options as Record<string, unknown>);
  return `try a smaller lr than ${lr}${own ? `, or ${own}` : ''}`;
}

async function createLearner({
  plan,
  stream,
  engine,
  network,
  rng,
  reached,
  gradients,
  rateFactor,
  updatesOf,
  warn,
}: Pick<Parts, 'plan' | 'stream' | 'rng' | 'reached' | 'gradients' | 'rateFactor' | 'updatesOf'> &
  Pick<Setup, 'engine' | 'network' | 'warn'>): Promise<Learner> {
  const { method } = plan;
  const setup: Setup = {
    engine,
    network,
    initial: network.init(rng.fork('init')),
    stream: streamInfoOf(stream),
    training: {
      optimizer: createOptimizer(method),
      rate: method.lr,
      schedule: rateFactor ?? undefined,
      batch: method.batch,
      updates: updatesOf,
      augmentation: augmentationOf(method, stream),
      resetOptimizer: method.resetOptimizer,
      onGradients: gradients?.record,
    },
    options: method.options as Record<string, unknown>,
    rng: rng.fork(`method/${method.name}`),
    taskAt(index) {
      if (stream.scenario === 'task-free') throw new RangeError('a task-free stream has no tasks to read');
      if (index > reached.task)
        throw new RangeError(`task ${index} lies ahead: the run has reached task ${reached.task}`);
      const task = stream.tasks[index];
      return { index, outputs: task.outputs, train: task.train };
    },
    warn,
  };
  return findMethod(method.name).create(setup);
}
