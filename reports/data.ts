import type { Experiment, Run } from '../logs/index.ts';
import { gapsOf } from './gaps.ts';
import type { SeenGap } from './gaps.ts';
import { groupRuns } from '../analysis/index.ts';
import type { Group } from '../analysis/index.ts';
import { metricTable } from './metricTable.ts';
import type { MetricTable } from './metricTable.ts';

/** A group of comparable runs with everything that is computed from it. */
export interface GroupReport extends Group {
  readonly table: MetricTable;
  readonly gaps: readonly SeenGap[];
}

/** All that a report says, before it is put into words, tables and figures. */
export interface ReportData {
  readonly experiment: Experiment;
  readonly groups: readonly GroupReport[];
  /** The runs that are in no average: all that are not complete. */
  readonly excluded: readonly Run[];
}

export function reportData(experiment: Experiment): ReportData {
  return {
    experiment,
    groups: groupRuns(experiment).map((group) => ({ ...group, table: metricTable(group.series), gaps: gapsOf(group) })),
    excluded: experiment.runs.filter((run) => run.record.status !== 'complete'),
  };
}
