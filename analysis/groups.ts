import type { Experiment, Run, RunRecord } from '../logs/index.ts';
import { differingSettings, settingsKey } from './settings.ts';

/** The complete runs of one method under one set of options: what is averaged over seeds. */
export interface Series {
  /** The method's label; where one label ran with several settings, with the settings that tell them apart. */
  readonly label: string;
  readonly title: string;
  readonly runs: readonly Run[];
}

/** The runs that followed one protocol: the same stream, evaluated in the same way. Only these are compared. */
export interface Group {
  /** Every run of the group, whatever became of it; its first record speaks for the protocol. */
  readonly runs: readonly Run[];
  readonly series: readonly Series[];
  /** Names of the tasks in training order; `task 1`, `task 2`, … where the seeds gave them different names. */
  readonly tasks: readonly string[];
}

/** What two runs must share for their numbers to be comparable. */
export function protocolOf(record: RunRecord): object {
  const { tasks, ...stream } = record.stream;
  // How many evaluations could be incremental differs from run to run, by method and seed: an outcome, no rule.
  const { incremental: _, refreshEvery: __, ...evaluation } = record.evaluation;
  return { stream: { ...stream, tasks: tasks.length }, evaluation };
}

/** What two runs of one method must share for their mean to be a mean over seeds. */
const setupOf = ({ method, network, training }: RunRecord): object => ({ method, network, training });

/** Sorts an experiment's runs by protocol, and each protocol's complete runs by method. Both keep the order of the runs. */
export function groupRuns(experiment: Experiment): Group[] {
  return partition(experiment.runs, (run) => settingsKey(protocolOf(run.record))).map((runs) => ({
    runs,
    series: seriesOf(runs.filter((run) => run.record.status === 'complete')),
    tasks: taskNames(runs),
  }));
}

function seriesOf(runs: readonly Run[]): Series[] {
  return partition(runs, (run) => run.record.method.label).flatMap((sameLabel) => {
    const setups = partition(sameLabel, (run) => settingsKey(setupOf(run.record)));
    const differing = differingSettings(setups.map(([run]) => setupOf(run.record)));
    return setups.map((sameSetup, i) => {
      const { label, title } = sameSetup[0].record.method;
      const marks = [...differing].map(([name, values]) => `${name}=${values[i] ?? 'unset'}`);
      return { label: marks.length > 0 ? `${label} (${marks.join(', ')})` : label, title, runs: sameSetup };
    });
  });
}

function taskNames(runs: readonly Run[]): string[] {
  const names = runs[0].record.stream.tasks.map((task) => task.name);
  const agreed = runs.every(({ record }) => record.stream.tasks.every((task, i) => task.name === names[i]));
  return agreed ? names : names.map((_, i) => `task ${i + 1}`);
}

function partition<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const parts = new Map<string, T[]>();
  for (const item of items) {
    const part = parts.get(key(item));
    if (part) part.push(item);
    else parts.set(key(item), [item]);
  }
  return [...parts.values()];
}
