import { UserError } from '../../../base/index.ts';
import type { ImportOptions } from '../importer.ts';
import { shown } from '../tables/textTable.ts';

/** What the name of a logged series tells: `eval/arc_easy/acc_norm` is the metric `acc_norm` of the task `arc_easy`, on the data `eval`. */
export interface SeriesName {
  /** As it was logged. */
  readonly name: string;
  /** Empty where the name is that of a metric alone. */
  readonly task: string;
  /** Empty where no word of the name is a known metric. */
  readonly metric: string;
  /** Which data, as it is written: `eval`, `val`, `test`, `train`; empty where the name does not tell. */
  readonly split: string;
}

/** The series that make one log. */
export interface SeriesChoice {
  /** The metric that they have in common; `value` where their names tell none. */
  readonly measure: string;
  /** Tasks by the names of their series. */
  readonly tasks: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const shares = words(
  'acc accuracy accuracies acc1 acc5 top1 top5 f1 em exact match recall precision mc1 mc2 pass win success auc auroc iou miou dice',
);
const losses = words(
  'loss nll ppl perplexity bits bpb bpc error err wer cer mse rmse mae ter fid kl ece brier toxicity',
);
const scores = words(
  'score scores reward rewards return returns bleu rouge rouge1 rouge2 rougel rougelsum meteor chrf comet mcc correlation pearson spearman r2',
);
const numbered = /^(acc|accuracy|top|precision|recall|rouge|pass)@?\d+$/;
/** Words that belong to a metric beside one of its own: `balanced_accuracy`, `f1_macro`, `bits_per_byte`. */
const modifiers = words(
  'norm normalized mean avg average macro micro weighted balanced token word byte per rate top strict epoch',
);
const splits = words('eval evaluation val valid validation test testing dev train training');

/** Metrics taken where none is named, the first that there is. */
const preferred = ['accuracy', 'acc', 'exact_match', 'em', 'acc_norm', 'top1', 'acc1', 'pass@1', 'f1', 'mc2', 'mc1'];

/** What is logged beside metrics: times, progress, settings of the optimizer, standard errors. */
const bookkeeping =
  /^_|^system\/|^(lr|learning_rate)[-/]|(^|[/_ ])(runtime|(samples|steps|tokens)_per_second|jit_compilation_time|model_preparation_time|(wall)?_?time|timestamp|epochs?|(global_)?steps?|iterations?|lr|learning_rate|grad(ient)?_norm|total_flos|num_tokens|num_input_tokens_seen|stderr|std)$/i;

export function isBookkeeping(name: string): boolean {
  return bookkeeping.test(name);
}

/**
 * Takes a name apart. The words of which data (`eval/…`, `eval_…`, `…/test`) go first; then the metric is the longest end of the last part of the path that
 * is all words of metrics (`arc_easy_acc_norm`: `acc_norm`), else the first part if it is one (`accuracy/arc`); the rest is the task.
 *
 * @example parseSeries('eval_arc_acc') // { name: 'eval_arc_acc', task: 'arc', metric: 'acc', split: 'eval' }
 * @example parseSeries('eval_f1_macro') // { name: 'eval_f1_macro', task: '', metric: 'f1_macro', split: 'eval' }
 */
export function parseSeries(name: string): SeriesName {
  const { split, rest } = withoutSplit(name);
  const parts = rest.split('/');
  const last = parts.at(-1)!;
  const at = metricStart(last);
  if (at !== null) {
    const task = [...parts.slice(0, -1), trimmed(last.slice(0, at))].filter((part) => part !== '').join('/');
    return { name, task, metric: last.slice(at), split };
  }
  if (parts.length > 1 && metricStart(parts[0]) === 0)
    return { name, task: parts.slice(1).join('/'), metric: parts[0], split };
  return { name, task: rest, metric: '', split };
}

/**
 * The series of one metric, a task each: of the metric that is asked for, else of the one most like an accuracy, else of names that tell no metric, else of the
 * loss. A metric may be asked for as it is (`acc`), as the whole name of one series, or as the end of names (`zap` of `arc/zap`, or of `arc_zap` and
 * `piqa_zap`). Series of the training data are left out where there are others.
 *
 * @throws {UserError} for a metric that no name has, and where only unknown metrics are there, several of them
 */
export function chooseSeries(series: readonly SeriesName[], { metric }: ImportOptions, path: string): SeriesChoice {
  const notes: string[] = [];
  if (metric !== undefined) {
    const asked = askedFor(metric, series, path);
    const alone = asked.length === 1 && asked[0].name === metric;
    const tasks = labelled(alone ? asked : withoutTraining(asked, notes));
    return { measure: asked[0].metric || metric, tasks, notes };
  }
  const all = series.filter(({ name }) => !isBookkeeping(name));
  const metrics = [...new Set(all.map((each) => each.metric.toLowerCase()))];
  const best = metrics.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
  if (best === undefined) throw new UserError(`${path} holds no evaluation of anything; check the path`);
  if (metrics.length > 1 && rankOf(best) === unknownRank)
    throw new UserError(`${path}: no metric is a usual one; name one with --metric (known: ${listed(metrics)})`);
  const own = all.filter((each) => each.metric.toLowerCase() === best);
  const chosen = withoutTraining(own, notes);
  notes.push(...notesOf(best, own, all));
  return { measure: chosen[0].metric || 'value', tasks: labelled(chosen), notes };
}

/** What to say of a metric that was not asked for. */
function notesOf(best: string, own: readonly SeriesName[], all: readonly SeriesName[]): string[] {
  const notes: string[] = [];
  if (best === '')
    notes.push(
      'the names tell no metric: their values are taken for one measure, higher ones for better; --metric names some of them, --better lower says otherwise',
    );
  const left = all.filter((each) => !own.includes(each));
  const others = [...new Set(left.map((each) => each.metric || each.name))];
  if (others.length > 0)
    notes.push(`${best || 'what has no metric in its name'} is read, not ${listed(others)}; --metric names another`);
  const missing = new Set(left.flatMap(({ metric, task }) => (metric === '' || task === '' ? [] : [task])));
  const without = [...missing].filter((task) => !own.some((each) => each.task === task));
  if (best !== '' && without.length > 0)
    notes.push(`${listed(without)} ${hasOrHave(without)} no ${best} and ${isOrAre(without)} left out`);
  return notes;
}

/** Names in one line, the first dozen of them. */
export function listed(names: readonly string[]): string {
  const more = names.length > 12 ? ` and ${names.length - 12} more` : '';
  return `${names.slice(0, 12).map(shown).join(', ')}${more}`;
}

export function isOrAre(names: readonly unknown[]): 'is' | 'are' {
  return names.length === 1 ? 'is' : 'are';
}

export function hasOrHave(names: readonly unknown[]): 'has' | 'have' {
  return names.length === 1 ? 'has' : 'have';
}

/** Series of a metric, tried in turn: as their names have it, as the whole name of one, as the end of names. */
function askedFor(metric: string, series: readonly SeriesName[], path: string): readonly SeriesName[] {
  const same = series.filter((each) => each.metric.toLowerCase() === metric.toLowerCase());
  if (same.length > 0) return same;
  const whole = series.filter(({ name }) => name === metric);
  if (whole.length > 0) return whole;
  const ending = (mark: string): SeriesName[] =>
    series.flatMap(({ name }) => {
      if (!name.endsWith(mark + metric)) return [];
      const { split, rest } = withoutSplit(name.slice(0, -metric.length - 1));
      return [{ name, task: rest, metric, split }];
    });
  const byPath = ending('/');
  if (byPath.length > 0) return byPath;
  // One name alone that ends so is a longer metric: `balanced_zap` is no zap of the task balanced.
  const byEnd = ending('_');
  if (byEnd.length > 1) return byEnd;
  const known = new Set(series.filter(({ name }) => !isBookkeeping(name)).map((each) => each.metric || each.name));
  throw new UserError(`${path} has no metric ${shown(metric)} (known: ${listed([...known])})`);
}

/** A metric that stands alone (`loss`) beside one of evaluation data (`eval_loss`) is of the training data too. */
function withoutTraining(series: readonly SeriesName[], notes: string[]): readonly SeriesName[] {
  const training = ({ split }: SeriesName): boolean => /^train/i.test(split);
  const evaluated = series.some((each) => each.split !== '' && !training(each));
  const kept = series.filter((each) => !training(each) && !(evaluated && each.task === '' && each.split === ''));
  if (kept.length === 0 || kept.length === series.length) return series;
  const left = series.filter((each) => !kept.includes(each)).map(({ name }) => name);
  notes.push(`${listed(left)} ${isOrAre(left)} of the training data and left out`);
  return kept;
}

/** A task for each series: what its name says, or the whole name where two say the same. */
function labelled(series: readonly SeriesName[]): Map<string, string> {
  const label = ({ task, split, name }: SeriesName): string => task || split || name;
  const labels = series.map(label);
  return new Map(
    series.map((each, i) => [
      each.name,
      labels.indexOf(labels[i]) === labels.lastIndexOf(labels[i]) ? labels[i] : each.name,
    ]),
  );
}

const unknownRank = 600;

/** Metrics with the lowest rank are taken first. */
function rankOf(metric: string): number {
  const whole = metric.toLowerCase();
  const place = preferred.indexOf(whole);
  if (place >= 0) return place;
  const parts = tokensOf(whole).map(([text]) => text);
  if (parts.some((part) => losses.has(part))) return whole === 'loss' ? 400 : 500;
  if (parts.some((part) => shares.has(part) || numbered.test(part))) return 100;
  if (parts.some((part) => scores.has(part))) return 200;
  return whole === '' ? 300 : unknownRank;
}

function tokensOf(text: string): RegExpExecArray[] {
  return [...text.matchAll(/[^/_\- ]+/g)];
}

/** Where the metric at the end of a part of a name begins; null where it ends in none. */
function metricStart(part: string): number | null {
  const tokens = tokensOf(part.toLowerCase());
  const isMetric = ([word]: RegExpExecArray): boolean =>
    shares.has(word) || losses.has(word) || scores.has(word) || numbered.test(word);
  const isNumber = ([word]: RegExpExecArray): boolean => /^\d+$/.test(word);
  let first = tokens.length;
  while (first > 0) {
    const token = tokens[first - 1];
    if (!isMetric(token) && !isNumber(token) && !modifiers.has(token[0])) break;
    first--;
  }
  // A number before the metric is the task's: `arc_25_acc`; but `top_5_acc`.
  while (first < tokens.length && isNumber(tokens[first])) first++;
  return tokens.slice(first).some(isMetric) ? tokens[first].index : null;
}

/** The name without the word of which data it is, which stands first or last. */
function withoutSplit(name: string): { readonly split: string; readonly rest: string } {
  const tokens = tokensOf(name);
  const [first, last] = [tokens[0], tokens.at(-1)];
  if (first && splits.has(first[0].toLowerCase()))
    return { split: first[0], rest: trimmed(name.slice(first.index + first[0].length)) };
  if (last && splits.has(last[0].toLowerCase())) return { split: last[0], rest: trimmed(name.slice(0, last.index)) };
  return { split: '', rest: name };
}

function trimmed(text: string): string {
  return text.replace(/^[/_\- ]+|[/_\- ]+$/g, '');
}
