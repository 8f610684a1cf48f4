import { groupRuns, type Group } from '../../analysis/index.ts';
import type { Experiment } from '../../logs/index.ts';
import type { TableSource } from './types.ts';

/** A group of runs of one protocol, with what a table says of where they are from. */
export interface Sourced {
  readonly source: TableSource;
  readonly group: Group;
  /** All groups of the same experiment. */
  readonly siblings: readonly Group[];
}

/** The protocols of experiments, one by one. Experiments of one name go by their folders. */
export function sourcesOf(experiments: readonly Experiment[]): Sourced[] {
  return experiments.flatMap((experiment) => {
    const groups = groupRuns(experiment);
    const twin = experiments.some((other) => other !== experiment && other.name === experiment.name);
    const name = twin ? `${experiment.name} (${experiment.path})` : experiment.name;
    return groups.map((group, i) => ({
      group,
      siblings: groups,
      source: {
        name: groups.length > 1 ? `${name}, protocol ${i + 1}` : name,
        protocol: i + 1,
        stream: group.runs[0].record.stream.name,
        scenario: group.runs[0].record.stream.scenario,
        tasks: group.tasks.length,
        seeds: seedsOf(group),
        leftOut: group.runs
          .filter(({ record }) => record.status !== 'complete')
          .map(({ record: { run, method, status, reason } }) => ({ run, method: method.label, status, reason })),
        // Nobody knows of which protocol an unreadable run was: it is told once.
        problems: i === 0 ? experiment.problems : [],
      },
    }));
  });
}

function seedsOf({ series }: Group): number[] {
  const seeds = series.flatMap(({ runs }) => runs.map(({ record }) => record.seed));
  return [...new Set(seeds)].toSorted((a, b) => a - b);
}
