import { UserError } from '../../../base/index.ts';
import type { AccuracyMatrix } from '../../types.ts';
import { readAvalancheLines, type PrintedEvaluation, type PrintedLog, type PrintedTraining } from './lines.ts';
import { avalancheValue, chooseAvalancheMetric, experienceName, notesOfChoice } from './metrics.ts';
import type { Imported, ImportOptions } from '../importer.ts';
import { createLogBuilder } from '../shared/logBuilder.ts';
import { createMatrixBuilder } from '../shared/matrixBuilder.ts';
import type { Source } from '../shared/source.ts';
import { numberIn } from '../tables/textTable.ts';
import { directionOf } from '../shared/units.ts';

/** The training of one experience. */
interface Segment {
  readonly name: string;
  readonly epochsBefore: number;
  /** Null where the log ends first. */
  readonly epochsAfter: number | null;
}

/** An evaluation with the chosen metric of a stream. */
interface Row {
  readonly evaluation: PrintedEvaluation;
  /** What was in training, or trained last; null before any. */
  readonly segment: Segment | null;
  readonly values: ReadonlyMap<string, number>;
}

/**
 * Reads what Avalanche's TextLogger and InteractiveLogger print, to a file or to the console: marks where phases of training and evaluation begin and end, and
 * lines such as `Top1_Acc_Exp/eval_phase/test_stream/Task000/Exp000 = 0.6700`. The last evaluation after the training of an experience is its row of the
 * matrix; where there are more, such as after each epoch, there is a log, too. Steps are epochs, or where those cannot tell evaluations apart their numbers.
 */
export function readAvalancheText(source: Source, options: ImportOptions): Pick<Imported, 'matrix' | 'log' | 'notes'> {
  const { path } = source;
  const printed = readAvalancheLines(source);
  const all = printed.evaluations.flatMap(({ values }) => values);
  const choice = chooseAvalancheMetric(all, options, path);
  const notes = [...printed.notes, ...notesOfChoice(choice)];
  const { segments, of } = segmentsOf(printed, path, notes);
  const rows = printed.evaluations.flatMap((evaluation): Row[] => {
    const values = new Map<string, number>();
    for (const { metric, stream, experience, text, line } of evaluation.values) {
      if (metric !== choice.metric || stream !== choice.stream) continue;
      const value = avalancheValue(numberIn(text, path, line, metric), metric, options, `${path}, line ${line}`);
      const before = values.get(experience);
      if (before !== undefined && before !== value)
        throw new UserError(
          `${path}, line ${line}: ${experience} has two values in one evaluation, ${before} and ${value}; keep one of them`,
        );
      values.set(experience, value);
    }
    return values.size > 0 ? [{ evaluation, segment: of(evaluation), values }] : [];
  });
  if (rows.length > 0 && rows[0].segment === null)
    notes.push('what was evaluated before any training is taken for the untrained model');
  const direction = directionOf(choice.metric, options);
  if (direction.note) notes.push(direction.note);
  const matrix = direction.higher ? matrixOf(rows, segments, path, notes) : null;
  const builder = createLogBuilder(path);
  const { steps, note } = stepsOf(rows);
  rows.forEach(({ evaluation, segment, values }, i) => {
    const training = segment === null ? {} : { training: segment.name };
    for (const [experience, value] of values)
      builder.add(steps[i], experience, value, { ...training, where: evaluation.line });
  });
  const own: string[] = [];
  const log = builder.build(choice.metric, direction.higher, own);
  // A log that has no more rows than the matrix tells nothing more.
  if (matrix && log.steps.length <= matrix.rows.length + (matrix.initial ? 1 : 0)) return { matrix, log: null, notes };
  return { matrix, log, notes: [...notes, note, ...own] };
}

/** Which experience each training was on, and which of them an evaluation belongs to. */
function segmentsOf(
  { trainings, evaluations }: PrintedLog,
  path: string,
  notes: string[],
): { readonly segments: readonly Segment[]; readonly of: (evaluation: PrintedEvaluation) => Segment | null } {
  const named = trainings.filter(({ experiences }) => experiences.length > 0);
  const lacking = trainings.find(({ experiences }) => experiences.length === 0);
  if (named.length > 0 && lacking)
    throw new UserError(
      `${path}, line ${lacking.line}: this training names no experience, though others do; lines are missing, so get the whole output`,
    );
  const byLabel = experiencesByLabel(evaluations);
  const evaluated = new Set(evaluations.flatMap(({ values }) => values.map(({ experience }) => experience)));
  if (named.length > 0 && areExperiences(named, evaluated, path)) {
    const byTraining = trainings.map((training) =>
      training.experiences.map(({ id, epochs }, i) => ({
        name: experienceName(id),
        epochsBefore: epochs,
        epochsAfter: training.experiences[i + 1]?.epochs ?? training.epochsAfter,
      })),
    );
    return {
      segments: byTraining.flat(),
      // An evaluation that comes before the first experience of its training belongs to that one.
      of: ({ phase, begun }) => (phase === 0 ? null : byTraining[phase - 1][Math.max(1, begun) - 1]),
    };
  }
  const labelled = trainings.map(({ labels }) => (labels.size === 1 ? byLabel.get([...labels][0]) : undefined));
  const told = labelled.every((name) => name !== undefined) && new Set(labelled).size === labelled.length;
  const segments = trainings.map(({ line, epochsBefore, epochsAfter }, i) => {
    const name = told ? labelled[i]! : experienceName(i);
    if (!told && !evaluated.has(name))
      throw new UserError(
        `${path}, line ${line}: this is training ${i + 1}, but no ${name} is evaluated, so that the log does not tell which experience it is on; log with TextLogger, which names it`,
      );
    return { name, epochsBefore, epochsAfter };
  });
  if (told) notes.push('which experience is in training is told by its task label');
  else if (segments.length > 0)
    notes.push(
      `no line tells which experience is in training: the first training is taken to be on ${segments[0].name}, and so on`,
    );
  return { segments, of: ({ phase }) => (phase === 0 ? null : segments[phase - 1]) };
}

/**
 * Whether the experiences that trainings name are those that are evaluated: not where a stream is cut into many small experiences for learning online, which
 * are numbered anew in each training.
 */
function areExperiences(trainings: readonly PrintedTraining[], evaluated: ReadonlySet<string>, path: string): boolean {
  const all = trainings.flatMap(({ experiences }) => experiences);
  const single = trainings.every(({ experiences }) => experiences.length === 1);
  const seen = new Set<number>();
  const again = all.find(({ id }) => seen.size === seen.add(id).size);
  if (!again) return single || all.every(({ id }) => evaluated.has(experienceName(id)));
  if (!single) return false;
  throw new UserError(
    `${path}, line ${again.line}: experience ${again.id} is trained a second time; keep one run, or name each training by an experience of its own`,
  );
}

/** Experiences that have a task label of their own. */
function experiencesByLabel(evaluations: readonly PrintedEvaluation[]): Map<string, string> {
  const found = new Map<string, Set<string>>();
  for (const { values } of evaluations)
    for (const { label, experience } of values)
      if (label !== null) found.set(label, (found.get(label) ?? new Set()).add(experience));
  return new Map([...found].flatMap(([label, own]) => (own.size === 1 ? [[label, [...own][0]]] : [])));
}

/** Null where no experience was evaluated after its training. */
function matrixOf(
  rows: readonly Row[],
  segments: readonly Segment[],
  path: string,
  notes: string[],
): AccuracyMatrix | null {
  const builder = createMatrixBuilder(path);
  let size = 0;
  const add = (trained: string | null, own: readonly Row[]): void => {
    for (const { evaluation, values } of lastOf(own))
      for (const [experience, value] of values) {
        builder.add(trained, experience, value, `line ${evaluation.line}`);
        size += trained === null ? 0 : 1;
      }
  };
  add(null, untrainedOf(rows));
  for (const segment of segments) {
    const own = rows.filter((row) => row.segment === segment);
    const after = own.filter(({ evaluation }) => segment.epochsAfter === evaluation.epochs);
    add(segment.name, after);
  }
  return size > 0 ? builder.build(notes) : null;
}

/** Evaluations before all training, or else the first one within it, if no experience was begun: such is made before the first update. */
function untrainedOf(rows: readonly Row[]): readonly Row[] {
  const before = rows.filter(({ segment }) => segment === null);
  if (before.length > 0) return before;
  const begins = rows.filter(
    ({ segment, evaluation: { phase, inTraining, begun, epochs } }) =>
      phase === 1 && inTraining && begun === 0 && epochs === 0 && segment?.epochsAfter !== 0,
  );
  const seen = new Set<string>();
  const end = begins.findIndex(({ values }) => {
    if ([...values.keys()].some((experience) => seen.has(experience))) return true;
    for (const experience of values.keys()) seen.add(experience);
    return false;
  });
  return end < 0 ? begins : begins.slice(0, end);
}

/** The last of some evaluations, and those of other experiences that were made with it. */
function lastOf(rows: readonly Row[]): Row[] {
  const kept: Row[] = [];
  const seen = new Set<string>();
  for (const row of rows.toReversed()) {
    if (row.evaluation.inTraining !== rows.at(-1)!.evaluation.inTraining) break;
    if ([...row.values.keys()].some((experience) => seen.has(experience))) break;
    for (const experience of row.values.keys()) seen.add(experience);
    kept.push(row);
  }
  return kept;
}

/** Epochs that ended before each evaluation, or the evaluation's number where these do not tell evaluations apart. */
function stepsOf(rows: readonly Row[]): { readonly steps: readonly number[]; readonly note: string } {
  const seen = new Map<string, number>();
  const repeated = rows.some(({ evaluation, segment, values }) =>
    [...values].some(([experience, value]) => {
      const key = `${evaluation.epochs} ${segment?.name ?? ''} ${experience}`;
      const before = seen.get(key);
      seen.set(key, value);
      return before !== undefined && !Object.is(before, value);
    }),
  );
  const trained = rows.some(
    ({ evaluation, segment }) => segment !== null && evaluation.epochs === 0 && !evaluation.inTraining,
  );
  if (!repeated && !trained)
    return { steps: rows.map(({ evaluation }) => evaluation.epochs), note: 'steps are epochs' };
  const first = rows[0].segment === null || rows[0].evaluation.inTraining ? 0 : 1;
  const note = 'steps number the evaluations, since some were made within an epoch or no epochs are told';
  return { steps: rows.map((_, i) => i + first), note };
}
