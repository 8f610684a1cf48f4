import type { GroupReport } from './data.ts';
import { counted, inWords, listed } from './format.ts';
import { deepest, gapWords } from './gaps.ts';
import type { SeenGap } from './gaps.ts';
import { cellOf } from './metricTable.ts';

/** What a group's runs show, in sentences computed from the data. Empty if no run is complete. */
export function summarize(report: GroupReport): string[] {
  return [finalAccuracy(report), ...gapSentences(report), worstMoments(report)].filter((sentence) => sentence !== null);
}

/** The deepest gap that was made good before the next switch, or null. */
export function deepestRecovered(gaps: readonly SeenGap[]): SeenGap | null {
  return deepest(gaps.filter(({ gap }) => gap.recoveryStep !== null));
}

interface Ranked {
  readonly label: string;
  readonly value: number;
}

function ranking({ table }: GroupReport, metric: string): Ranked[] {
  const rows = table.rows.map(({ series }, row) => ({
    label: series.label,
    value: cellOf(table, row, metric)?.mean ?? null,
  }));
  return rows.filter((row): row is Ranked => row.value !== null).toSorted((a, b) => b.value - a.value);
}

function finalAccuracy(report: GroupReport): string | null {
  const ranked = ranking(report, 'ACC');
  if (ranked.length === 0) return null;
  const [best, second] = ranked;
  const worst = ranked.at(-1)!;
  const end = `${best.label} ends ${second ? 'best: its' : 'with a'} final accuracy, averaged over all tasks, ${second ? 'is' : 'of'} ${inWords(best.value)}`;
  if (!second) return `${end}.`;
  const others = ranked.length > 2 ? `; ${second.label} follows with ${inWords(second.value)}, and` : ';';
  return `${end}${others} ${worst.label} is last with ${inWords(worst.value)}.`;
}

function gapSentences({ gaps }: GroupReport): string[] {
  const all = deepest(gaps);
  if (!all) return [];
  const recovered = deepestRecovered(gaps);
  const sentences = [`The deepest gap: ${whose(all)} ${gapWords(all.gap)}.`];
  if (recovered && recovered !== all) {
    sentences.push(`The deepest gap that was made good: ${whose(recovered)} ${gapWords(recovered.gap)}.`);
  }
  if (recovered) sentences.push(hidden(recovered));
  return sentences;
}

const whose = ({ series, run }: SeenGap): string =>
  series.runs.length > 1 ? `${series.label} (seed ${run.record.seed})` : series.label;

/** What an evaluation at task ends only would have made of a gap. */
function hidden({ run, gap }: SeenGap): string {
  const { trainingTask, values } = run.accuracy;
  const end = values[gap.taskIndex][trainingTask.lastIndexOf(gap.switchIndex)];
  const change = end - gap.reference;
  const seen =
    Math.abs(change) < 0.005 ? 'no change' : `a ${change < 0 ? 'loss' : 'gain'} of ${inWords(Math.abs(change))}`;
  return `Evaluated at task ends only, that one would have shown as ${seen}, where the fall was ${inWords(gap.depth)}.`;
}

function worstMoments(report: GroupReport): string | null {
  const final = new Map(ranking(report, 'ACC').map(({ label, value }) => [label, value]));
  const falls = ranking(report, 'min-ACC')
    .map(({ label, value }) => ({ label, value, fall: (final.get(label) ?? NaN) - value }))
    .toSorted((a, b) => b.fall - a.fall);
  if (falls.length === 0) return null;
  const clauses = falls.map(
    ({ label, value, fall }) =>
      `${inWords(fall)} for ${label} (${inWords(final.get(label) ?? NaN)} to ${inWords(value)})`,
  );
  return `How far the worst moments of the old tasks (min-ACC) lie below the final accuracy (ACC): ${listed(clauses)}.`;
}

/** How many of a group's runs came to which end: `22 complete, 1 failed`. */
export function statusWords(statuses: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return `${counted(statuses.length, 'run')}: ${listed([...counts].map(([status, count]) => `${count} ${status}`))}`;
}
