import { UserError } from '../../../base/index.ts';
import { isPythonDict, parsePythonValues, type PythonValue } from '../shared/pythonLiteral.ts';
import type { Source } from '../shared/source.ts';
import { shown } from '../tables/textTable.ts';

/** A group of classes, such as `00-09`, and the accuracy on it as it was written. */
export interface PycilGroup {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly accuracy: number;
}

/** What was written after a stage. */
export interface PycilStage {
  /** In the order of their classes. */
  readonly groups: readonly PycilGroup[];
  readonly line: number;
}

export interface PycilRun {
  /** Arguments, as they were printed. */
  readonly args: ReadonlyMap<string, string>;
  readonly stages: readonly PycilStage[];
}

const entry = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \[([\w.-]{1,60})\] => (.*)$/;
const argument = /^(prefix|seed|model_name|init_cls|increment): (.{1,200})$/;

/**
 * The runs of a log, in order: a second one begins where its arguments are printed again, since all seeds of a call write into one file.
 * @param notes gets a sentence for what was left out
 * @throws {UserError} for lines whose times go back, a line of results that cannot be read, and one in which the total is no mean of its groups
 */
export function readPycilRuns(source: Source, metric: 'CNN' | 'NME', notes: string[]): PycilRun[] {
  const { path } = source;
  const runs: { args: Map<string, string>; stages: PycilStage[]; texts: string[] }[] = [];
  const begin = () => {
    const run = { args: new Map<string, string>(), stages: [], texts: [] };
    runs.push(run);
    return run;
  };
  let latest = '';
  const lines = source.text().split('\n');
  for (const [i, line] of lines.entries()) {
    if (line.length > 100_000) continue;
    const [, time, , message] = entry.exec(line.trimEnd()) ?? [];
    if (time === undefined || message === undefined) continue;
    if (time < latest)
      throw new UserError(`${path}, row ${i + 1}: ${time} comes after ${latest}; keep one run, its lines in order`);
    latest = time;
    let run = runs.at(-1) ?? begin();
    const [, name, value] = argument.exec(message) ?? [];
    if (name !== undefined && value !== undefined) {
      if (run.args.get(name) === value && run.stages.length === 0) continue;
      if (run.args.has(name)) run = begin();
      run.args.set(name, value);
    }
    if (!message.startsWith(`${metric}: {`)) continue;
    const text = message.slice(metric.length + 2);
    const cut = i === lines.length - 1 && !text.endsWith('}');
    if (cut) notes.push(`row ${i + 1}, the last, is cut short and was left out`);
    else if (text === run.texts.at(-1)) notes.push(`row ${i + 1} repeats the results before it and was left out`);
    else {
      run.texts.push(text);
      run.stages.push({ groups: groupsIn(text, path, i + 1, notes), line: i + 1 });
    }
  }
  if (!runs.some(({ stages }) => stages.length > 0)) throw nothingThere(path, metric, lines);
  const finished = runs.filter(({ stages }) => stages.length > 0);
  if (finished.length < runs.length) notes.push('a run without a result of any stage was left out');
  return finished;
}

function nothingThere(path: string, metric: string, lines: readonly string[]): UserError {
  const other = metric === 'CNN' ? 'NME' : 'CNN';
  const has = lines.some((line) => line.includes(`=> ${other}: {`));
  return new UserError(
    `${path} has no line "${metric}: {…}"${has ? `, only of ${other}: say --metric ${other}` : '; was a stage trained to its end?'}`,
  );
}

function groupsIn(text: string, path: string, line: number, notes: string[]): PycilGroup[] {
  const [found, ...others] = parsePythonValues(text, path, line);
  const where = `${path}, row ${line}`;
  if (!isPythonDict(found?.value) || others.length > 0) throw new UserError(`${where}: the results are not one dict`);
  const groups = [...found.value].flatMap(([key, value]) => {
    const [, from, to] = (typeof key === 'string' && /^(\d+)-(\d+)$/.exec(key)) || [];
    if (from === undefined || to === undefined) return [];
    return [
      {
        name: String(key),
        from: Number(from),
        to: Number(to),
        accuracy: numberIn(value, `${where}, "${String(key)}"`),
      },
    ];
  });
  if (groups.length === 0)
    throw new UserError(
      `${where}: no accuracy of a group of classes such as '00-09', without which there is no accuracy of a task`,
    );
  checkTotal(groups, found.value.get('total'), where, notes);
  return groups.toSorted((a, b) => a.from - b.from);
}

function numberIn(value: PythonValue, where: string): number {
  if (typeof value === 'number' && Math.abs(value) !== Infinity) return value;
  throw new UserError(`${where}: the accuracy is ${shown(JSON.stringify(value) ?? '')}, not a finite number`);
}

/** Where test sets are of equal size for each class the total is the mean by classes; they seldom differ by as many points. */
const suspicious = 5;

/** The total is a mean over the groups by their numbers of items, so it lies between them; all are rounded to two decimals. */
function checkTotal(
  groups: readonly PycilGroup[],
  total: PythonValue | undefined,
  where: string,
  notes: string[],
): void {
  if (typeof total !== 'number') return;
  const all = groups.map(({ accuracy }) => accuracy);
  if (total < Math.min(...all) - 0.011 || total > Math.max(...all) + 0.011)
    throw new UserError(`${where}: the total ${total} is no mean of its groups; one of these numbers was changed`);
  const classes = groups.map(({ from, to }) => to - from + 1);
  const sum = (numbers: readonly number[]): number => numbers.reduce((before, each) => before + each, 0);
  const mean = sum(all.map((accuracy, group) => accuracy * classes[group])) / sum(classes);
  if (Math.abs(mean - total) > suspicious)
    notes.push(
      `${where}: the total is ${total}, the mean of the groups by their classes ${mean.toFixed(2)}: some classes have many more test items than others, or a number was changed`,
    );
}
