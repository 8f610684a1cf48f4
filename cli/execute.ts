import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { planRuns, runExperiment, type Experiment, type RunOutcome, type RunPlan } from '../harness/index.ts';
import { readExperiment, readRunRecord, type Experiment as Logs } from '../logs/index.ts';
import type { Execution } from './executionFlags.ts';
import { exitCodes } from './exitCodes.ts';
import { onInterrupt } from './interrupt.ts';
import { showProgress } from './progress/index.ts';
import { stateOf, summarize, type RunState } from './summary.ts';

/**
 * Executes what is left of an experiment in its folder, shows the progress on standard error and the results on standard output.
 * @param spare a worker process that was started ahead
 * @returns the exit code
 */
export async function execute(
  experiment: Experiment,
  folder: string,
  execution: Execution,
  spare?: ChildProcess,
): Promise<number> {
  const plans = planRuns(experiment);
  const progress = showProgress(process.stderr, plans.length);
  const { jobs, threads, provider, json } = execution;
  let atWork = 0;
  const interrupt = onInterrupt(() => {
    progress.note('stopping: the runs at work save a checkpoint first (again: at once)');
    return atWork > 0;
  });
  let outcomes: RunOutcome[];
  try {
    outcomes = await runExperiment(experiment, {
      folder,
      jobs,
      threads,
      provider,
      spare,
      signal: interrupt.signal,
      onDownload: progress.download,
      onKept: progress.kept,
      onWarning: progress.note,
      onProgress: progress.update,
      onStart(plan) {
        atWork++;
        progress.start(plan);
      },
      onEnd(outcome) {
        atWork--;
        progress.end(outcome);
      },
    });
  } finally {
    progress.close();
    interrupt.release();
  }

  const states = plans.map((plan) => stateNow(folder, plan, outcomes));
  const stopped = interrupt.exitCode();
  if (stopped !== null) {
    const complete = states.filter(({ status }) => status === 'complete').length;
    process.stderr.write(`${complete} of ${states.length} runs are complete; go on with: stabgap resume ${folder}\n`);
    if (json) print(summarize(folder, states, null, undefined));
    return stopped;
  }
  const logs = readLogs(folder, states);
  // Charts are not loaded before there is something to draw: the runs need not wait for them.
  const { publish } = await import('./publish.ts');
  const report = execution.report === false || !logs ? undefined : (execution.report ?? join(folder, 'report.html'));
  const text = logs ? await publish(logs, report) : '';
  if (json) print(summarize(folder, states, logs, report));
  else process.stdout.write(text);
  if (states.some(({ status }) => status !== 'complete' && status !== 'diverged'))
    process.stderr.write(`runs that are not complete are tried again by: stabgap resume ${folder}\n`);
  if (outcomes.some(({ mendable }) => mendable)) return exitCodes.misuse;
  return states.every(({ status }) => status === 'complete') ? 0 : exitCodes.failure;
}

function stateNow(folder: string, { name, method, seed }: RunPlan, outcomes: readonly RunOutcome[]): RunState {
  if (existsSync(join(folder, name, 'run.json'))) return stateOf(readRunRecord(join(folder, name)));
  const error = outcomes.find(({ plan }) => plan.name === name)?.error ?? null;
  return { run: name, method: method.label, seed, status: error === null ? 'pending' : 'failed', reason: error };
}

/** Null if no run got far enough to leave a record. */
function readLogs(folder: string, states: readonly RunState[]): Logs | null {
  return states.some(({ status }) => status === 'complete') ? readExperiment(folder) : null;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
