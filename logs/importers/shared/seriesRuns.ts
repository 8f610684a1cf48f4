import type { EvaluationLog } from '../../types.ts';
import { imported, type Imported, type ImportOptions } from '../importer.ts';
import { createLogBuilder, type LogBuilder } from './logBuilder.ts';
import type { Source } from './source.ts';
import { chooseSeries, hasOrHave, isOrAre, listed, parseSeries } from './taskMetric.ts';
import { asShares, directionOf } from './units.ts';

/** Takes a value of a series. @param where as the builder of a log has it */
export type AddPoint = (step: number, series: string, value: number, where: number | string) => void;

/** One run of a tool that logs any number of series by name. */
export interface SeriesRun {
  readonly name: string;
  /** Its file or folder. */
  readonly path: string;
  /** Names of all its series. */
  readonly series: readonly string[];
  /** Reads the chosen series only: what is not asked for need not be numbers. */
  read(chosen: readonly string[], add: AddPoint, notes: string[]): void;
}

/**
 * A log a run, all of the same metric. Runs without a value of it are left out, which is said.
 * @throws {UserError} for a metric that no run has, and where no run has a value
 */
export function importRuns(
  source: Source,
  format: string,
  runs: readonly SeriesRun[],
  options: ImportOptions,
): Imported[] {
  const names = [...new Set(runs.flatMap(({ series }) => series))];
  const choice = chooseSeries(names.map(parseSeries), options, source.path);
  const left: string[] = [];
  const read = runs.flatMap((run) => {
    const notes = [...choice.notes];
    const builder = createLogBuilder(run.path);
    let values = 0;
    run.read(
      run.series.filter((name) => choice.tasks.has(name)),
      (step, series, value, where) => {
        if (!Number.isNaN(value)) values++;
        builder.add(step, choice.tasks.get(series)!, value, { where });
      },
      notes,
    );
    if (values === 0 && runs.length > 1) {
      left.push(run.name);
      return [];
    }
    const log = finishLog(builder, choice.measure, options, run.path, notes);
    return [{ ...imported(source, format, { name: run.name, log, notes }), path: run.path, notes }];
  });
  // Nothing in any run: the builder of the first says so.
  if (read.length === 0) createLogBuilder(source.path).build(choice.measure, true, []);
  if (left.length > 0)
    read[0].notes.push(
      `${listed(left)} ${hasOrHave(left)} no value of ${choice.measure} and ${isOrAre(left)} left out`,
    );
  return read;
}

/** The log of what was gathered: its direction by the metric's name, percentages as shares, and notes on both. @throws {UserError} as `build` and `asShares` */
export function finishLog(
  builder: LogBuilder,
  measure: string,
  options: ImportOptions,
  path: string,
  notes: string[],
): EvaluationLog {
  const direction = directionOf(measure, options);
  if (direction.note) notes.push(direction.note);
  const { log, note } = asShares(builder.build(measure, direction.higher, notes), options, path);
  if (note) notes.push(note);
  return log;
}
