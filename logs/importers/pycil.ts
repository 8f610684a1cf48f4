import { UserError } from '../../base/index.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { readPycilRuns, type PycilRun, type PycilStage } from './pycil/stages.ts';
import { createLogBuilder } from './shared/logBuilder.ts';
import { checkAccuracy, createMatrixBuilder, sharesOf } from './shared/matrixBuilder.ts';
import type { Source } from './shared/source.ts';

const metrics = ['CNN', 'NME'] as const;

/**
 * Logs of PyCIL and LAMDA-PILOT: after each stage the line `[trainer.py] => CNN: {'total': 51.59, '00-09': 48.6, …}` with the accuracy, in percent, on
 * groups of classes, named by their first and last; `NME:` for the classifier by nearest means. Groups are the tasks. PILOT's are the classes of a stage;
 * PyCIL's are always ten classes wide. Where each stage adds one group there is a matrix; where stages add several, only a log by group; where a group
 * grows from one stage to the next nothing can be compared and the log is refused.
 *
 * Source of the format: PyCIL, commit 87cc411, and LAMDA-PILOT, commit 2647455: `trainer.py` and `accuracy` of `utils/toolkit.py`.
 */
export const pycil: Importer = {
  name: 'pycil',
  title: 'PyCIL and LAMDA-PILOT logs',
  files: '*.log, or a folder of them',
  detects: (source) =>
    source.isFolder ? logFiles(source).some((file) => looksLikeLog(source.open(file).head)) : looksLikeLog(source.head),
  read(source, options) {
    if (!source.isFolder) return readFile(source, options, null);
    const files = logFiles(source).filter((file) => looksLikeLog(source.open(file).head));
    if (files.length === 0) throw new UserError(`${source.path} holds no log of PyCIL or PILOT; check the path`);
    return files.flatMap((file) =>
      readFile(source.open(file), options, file.replace(/\.log$/, '').replaceAll('\\', '/')),
    );
  },
};

function logFiles(source: Source): string[] {
  return source.files().filter((file) => file.endsWith('.log'));
}

function looksLikeLog(head: string): boolean {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \[trainer\.py\] => /m.test(head);
}

/** @param name of the runs; told by their arguments where it is null */
function readFile(source: Source, options: ImportOptions, name: string | null): Imported[] {
  const { path } = source;
  const metric = metrics.find((each) => each === (options.metric ?? 'CNN').toUpperCase());
  if (metric === undefined)
    throw new UserError(`${path} has no metric ${options.metric} (known: ${metrics.join(', ')})`);
  const notes: string[] = [];
  const runs = readPycilRuns(source, metric, notes);
  if (runs.length > 1)
    notes.push(`the file holds ${runs.length} runs, one after another, as PyCIL writes several seeds`);
  const names = runs.map(({ args }) => nameOf(args));
  return runs.map((run, i) => {
    const again = names.filter((each) => each === names[i]).length > 1;
    const own = again ? `${names[i]} (run ${i + 1})` : names[i];
    const full = name === null ? own : runs.length > 1 ? `${name}/${own}` : name;
    const read = readRun(run, path, options);
    return imported(source, 'pycil', { name: full, ...read, notes: [...notes, ...read.notes] });
  });
}

function nameOf(args: ReadonlyMap<string, string>): string {
  const model = args.get('model_name') ?? 'run';
  const seed = args.get('seed');
  return seed === undefined ? model : `${model}-seed${seed}`;
}

function readRun(
  { args, stages }: PycilRun,
  path: string,
  options: ImportOptions,
): Pick<Imported, 'matrix' | 'log' | 'notes'> {
  const notes: string[] = [];
  checkGroups(stages, args, path, notes);
  const added = stages.map(({ groups }, i) => groups.slice(stages[i - 1]?.groups.length ?? 0));
  const value = (accuracy: number, { line }: PycilStage): number =>
    checkAccuracy(accuracy, 'percent', options, `${path}, row ${line}`);
  if (added.every((groups) => groups.length === 1)) {
    const builder = createMatrixBuilder(path);
    stages.forEach((stage, i) => {
      for (const { name, accuracy } of stage.groups)
        builder.add(added[i][0].name, name, value(accuracy, stage), `row ${stage.line}`);
    });
    const shares = sharesOf(builder.build(notes), options, path);
    return { matrix: shares.matrix, log: null, notes: [...notes, ...shares.notes] };
  }
  const builder = createLogBuilder(path);
  const scale = options.unit === 'fraction' ? 1 : 100;
  stages.forEach((stage, i) => {
    const training = added[i].length === 1 ? { training: added[i][0].name } : {};
    for (const { name, accuracy } of stage.groups)
      builder.add(i + 1, name, value(accuracy, stage) / scale, { ...training, where: stage.line });
  });
  if (scale === 100) notes.push('accuracies are percentages and were divided by 100');
  const wide = added.findIndex((groups) => groups.length > 1);
  notes.push(
    `stage ${wide + 1} adds ${added[wide].length} groups of classes at once, so there is no row and column for each task, and no matrix; steps are stages`,
  );
  return { matrix: null, log: builder.build('accuracy', true, notes), notes };
}

/** Each stage must keep the groups before it, whole, and add to them. */
function checkGroups(
  stages: readonly PycilStage[],
  args: ReadonlyMap<string, string>,
  path: string,
  notes: string[],
): void {
  const [first, increment] = [Number(args.get('init_cls')), Number(args.get('increment'))];
  const known = first > 0 && increment > 0;
  if (!known) notes.push('the log does not say init_cls and increment, so groups of classes are taken for whole tasks');
  stages.forEach(({ groups, line }, i) => {
    const before = stages[i - 1]?.groups ?? [];
    const where = `${path}, row ${line}`;
    if (!before.every(({ name }, group) => groups[group]?.name === name))
      throw new UserError(`${where}: stage ${i + 1} lacks groups of classes of the stage before; is a line missing?`);
    if (groups.length === before.length) throw growing(where, groups.at(-1)?.name ?? '');
    if (!known) return;
    const classes = first + i * increment;
    const last = groups.at(-1)!;
    if (last.from >= classes)
      throw new UserError(
        `${where}: ${last.name} cannot be known after stage ${i + 1} of ${first} and then ${increment} classes each; is the line of a stage missing?`,
      );
    // A last stage may be smaller than its increment.
    if (last.to + 1 > classes && i < stages.length - 1) throw growing(where, last.name);
  });
}

function growing(where: string, group: string): UserError {
  return new UserError(
    `${where}: the classes ${group} are learnt over several stages, so that their accuracies are of other classes each time and cannot be compared; PyCIL's groups are ten classes wide, so use increments of ten, or PILOT, whose groups are its stages`,
  );
}
