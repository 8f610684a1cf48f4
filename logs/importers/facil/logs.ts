import { UserError } from '../../../base/index.ts';
import type { AccuracyMatrix } from '../../types.ts';
import type { ImportOptions } from '../importer.ts';
import { isRecord, parseLooseJson } from '../shared/looseJson.ts';
import { checkAccuracy, createMatrixBuilder, sharesOf } from '../shared/matrixBuilder.ts';
import type { Source } from '../shared/source.ts';
import { shown } from '../tables/textTable.ts';

/** Accuracy with the task told (task-aware) or not (task-agnostic). */
export type FacilMetric = 'taw' | 'tag';

interface Read {
  readonly matrix: AccuracyMatrix;
  readonly notes: readonly string[];
}

export function looksLikeFacilRawLog(head: string): boolean {
  const line = head.trimStart().split('\n', 1)[0];
  return /^\{"group": "?\w+"?, "iter": /.test(line) && /"name": .{0,200}"task": .{0,200}"value": /.test(line);
}

/** The line of a test, or one of an epoch: a long first task may fill the head of the file. */
export function looksLikeFacilOutput(head: string): boolean {
  return (
    />>> Test on task +\d+ : loss=/.test(head) ||
    /^\| Epoch +\d+, time= *[\d.]+s.{0,200}\| Train: .{0,200}TAw acc=/m.test(head)
  );
}

const sayWhich = (metric: FacilMetric | null): string[] =>
  metric === null ? ['accuracies are task-agnostic; --metric taw reads the task-aware ones'] : [];

/** Reads the entries of `raw_log-<date>.txt` that are of the group `test`: `task` was trained last, `iter` is evaluated, `value` in percent. */
export function readFacilRawLog(source: Source, metric: FacilMetric | null, options: ImportOptions): Read {
  const { path } = source;
  const name = `acc_${metric ?? 'tag'}`;
  const rows = createRows(path);
  const notes = sayWhich(metric);
  const text = source.text();
  const lines = text.split('\n');
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const where = `row ${i + 1}`;
    let entry: unknown;
    try {
      entry = parseLooseJson(line, `${path}, ${where}`);
    } catch (error) {
      if (i < lines.length - 1) throw error;
      notes.push(`${where}, the last, is cut short and was left out`);
      break;
    }
    if (!isRecord(entry)) throw new UserError(`${path}, ${where}: is not an object; FACIL writes one a line`);
    if (entry.group !== 'test' || entry.name !== name) continue;
    rows.add(
      taskIn(entry.task, `${path}, ${where}, "task"`),
      taskIn(entry.iter, `${path}, ${where}, "iter"`),
      valueIn(entry.value, `${path}, ${where}, "value"`, options),
      where,
    );
  }
  const shares = sharesOf(rows.build(notes, name), options, path);
  return { matrix: shares.matrix, notes: [...notes, ...shares.notes] };
}

const test =
  /^>>> Test on task +(\d+) : loss=.{1,40}?\| TAw acc= *([\w.+-]+)%, forg= *([\w.+-]+)%\| TAg acc= *([\w.+-]+)%, forg= *([\w.+-]+)% <<<$/;

/** Accuracy, best accuracy and drop are each rounded to a decimal. */
const rounding = 0.1501;

/** Reads what FACIL prints: a line `Task  3` when a training begins, then `>>> Test on task  0 : … TAg acc=  6.6%, …` for each task up to it. */
export function readFacilOutput(source: Source, metric: FacilMetric | null, options: ImportOptions): Read {
  const { path } = source;
  const rows = createRows(path);
  const notes = sayWhich(metric);
  const best: number[] = [];
  let trained = -1;
  let evaluated = -1;
  const lines = source.text().split('\n');
  for (const [i, line] of lines.entries()) {
    if (line.length > 1000) continue;
    const where = `line ${i + 1}`;
    const begun = /^Task +(\d+)\s*$/.exec(line);
    if (begun) {
      const task = Number(begun[1]);
      if (task !== trained + 1)
        throw new UserError(
          `${path}, ${where}: task ${task} begins ${trained < 0 ? 'first' : `after task ${trained}`}; keep one run, its lines in order`,
        );
      if (evaluated < trained) throw incomplete(path, where, trained, evaluated);
      [trained, evaluated] = [task, -1];
    } else if (line.startsWith('>>> Test on task')) {
      const found = test.exec(line.trimEnd());
      if (!found && i === lines.length - 1) {
        notes.push(`${where}, the last, is cut short and was left out`);
        break;
      }
      if (!found)
        throw new UserError(`${path}, ${where}: "${shown(line)}" is not as FACIL writes it; correct or remove it`);
      const task = Number(found[1]);
      if (task !== evaluated + 1 || task > trained) throw incomplete(path, where, trained, evaluated);
      evaluated = task;
      const [, , aware, awareDrop, agnostic, agnosticDrop] = found;
      const accuracy = valueIn(Number(metric === 'taw' ? aware : agnostic), `${path}, ${where}`, options);
      const drop = Number(metric === 'taw' ? awareDrop : agnosticDrop);
      // FACIL prints how far a task fell from its best, which tells lines that were changed or moved.
      const expected = task < trained ? best[task] - accuracy : 0;
      if (Math.abs(expected - drop) > rounding)
        throw new UserError(
          `${path}, ${where}: task ${task} has forg= ${drop}%, but is ${expected.toFixed(1)} below its best; lines were changed or moved, so get the whole output`,
        );
      best[task] = Math.max(best[task] ?? -Infinity, accuracy);
      rows.add(trained, task, accuracy, where);
    }
  }
  const shares = sharesOf(rows.build(notes, `${metric ?? 'tag'} accuracy`), options, path);
  notes.push('the output has one decimal of a percentage; results/acc_tag-*.txt has more');
  return { matrix: shares.matrix, notes: [...notes, ...shares.notes] };
}

function incomplete(path: string, where: string, trained: number, evaluated: number): UserError {
  const problem =
    trained < 0
      ? 'no line "Task  0" says which task was trained before'
      : `after task ${trained} tasks 0 to ${trained} are tested in turn, and ${evaluated < 0 ? 'none was' : `the last was ${evaluated}`}`;
  return new UserError(`${path}, ${where}: ${problem}; lines are missing or out of order, so get the whole output`);
}

/** Rows by numbers of tasks, which FACIL trains in order. */
function createRows(path: string) {
  const builder = createMatrixBuilder(path);
  let latest = -1;
  let size = 0;
  return {
    add(trained: number, task: number, value: number, where: string): void {
      if (trained < latest)
        throw new UserError(
          `${path}, ${where}: task ${trained} comes after task ${latest}; keep one run, its lines in order`,
        );
      if (task > trained)
        throw new UserError(
          `${path}, ${where}: task ${task} is tested after task ${trained}, before its training; are the lines in order?`,
        );
      latest = trained;
      size++;
      builder.add(`task ${trained}`, `task ${task}`, value, where);
    },
    build(notes: string[], name: string): AccuracyMatrix {
      if (size === 0) throw new UserError(`${path} holds no test with ${name}; was a task trained to its end?`);
      return builder.build(notes);
    },
  };
}

function taskIn(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new UserError(`${where}: ${shown(JSON.stringify(value) ?? 'nothing')} is not the number of a task`);
}

function valueIn(value: unknown, where: string, options: ImportOptions): number {
  if (value === null) return NaN;
  if (typeof value === 'number' && !Number.isNaN(value)) return checkAccuracy(value, 'percent', options, where);
  throw new UserError(`${where}: ${shown(JSON.stringify(value) ?? 'nothing')} is not a number`);
}
