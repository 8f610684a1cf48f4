import { resolve } from 'node:path';
import { createRng } from '../base/index.ts';
import { createStream, datasetOf, resolveStreamShape, type Stream } from '../benchmarks/index.ts';
import { readScheduleFile } from '../logs/index.ts';
import { checkMethod, type Experiment, type ExperimentMethod } from './experiment.ts';
import { requireTasks } from './rateSchedule.ts';
import { shapeOf } from './streamInfo.ts';
import { streamOptionsOf } from './streamSchema.ts';

/** An experiment whose data are known, and what its network is made for. */
export interface Settled {
  readonly experiment: Experiment;
  readonly inputs: Pick<Stream, 'inputShape' | 'outputCount'>;
  /** What stands out in the data and may spoil the runs, in sentences for the user. */
  readonly remarks: readonly string[];
}

/**
 * Reads the data of a stream that has its own, and files of refined schedules, so that what depends on them shows before anything runs, and fills
 * in which files were read: with their checksums, so that another file makes another experiment. Data sets of images are known without reading them.
 * @throws {UserError} if the data cannot be read, are others than the experiment says, or do not fit the methods
 */
export async function settleData(given: Experiment): Promise<Settled> {
  const experiment = { ...given, methods: given.methods.map((method) => settleSchedule(method, given)) };
  const dataset = datasetOf(experiment.stream);
  if (dataset)
    return { experiment, inputs: { inputShape: dataset.shape, outputCount: dataset.classCount }, remarks: [] };

  const { scenario, dataDir, seeds, methods } = experiment;
  const rng = createRng(seeds[0]).fork('stream');
  const stream = await createStream(experiment.stream, streamOptionsOf(experiment), { rng, dataDir });
  for (const method of methods) checkMethod(method, shapeOf(stream), scenario, false);
  const { source } = stream;
  return {
    experiment: source ? { ...experiment, csv: source.path, csvSha256: source.sha256 } : experiment,
    inputs: stream,
    remarks: stream.remarks ?? [],
  };
}

/** A method whose refined schedule, if it has one, is that of a file that has been looked at. */
function settleSchedule(method: ExperimentMethod, experiment: Experiment): ExperimentMethod {
  if (method.scheduleFile === undefined) return method;
  const path = resolve(method.scheduleFile);
  const { schedule, sha256 } = readScheduleFile(path, method.scheduleSha256);
  const shape = resolveStreamShape(experiment.stream, streamOptionsOf(experiment));
  // Where only a file says how many tasks there are, the run itself finds out.
  if (shape) requireTasks(schedule, experiment.scenario === 'task-free' ? 1 : shape.taskCount, path);
  return { ...method, scheduleFile: path, scheduleSha256: sha256 };
}
