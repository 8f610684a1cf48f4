import type { GroupReport } from './data.ts';
import { counted, inWords, listed } from './format.ts';
import { deepest, deepestRecovered, endLevel, gapWords } from './gaps.ts';
import type { SeenGap } from './gaps.ts';
import { cellOf } from './metricTable.ts';

/** What a group's runs show, in sentences computed from the data. Empty if no run is complete. */
export function summarize(report: GroupReport): string[] {
  return [finalAccuracy(report), ...gapSummary(report)].filter((sentence) => sentence !== null);
}

/** How deep the gaps were, in sentences. */
export function gapSummary(report: GroupReport): string[] {
  return [...gapSentences(report), worstMoments(report)].filter((sentence) => sentence !== null);
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

/** Who ends with the highest accuracy; null where no run has one. */
export function finalAccuracy(report: GroupReport): string | null {
  const [best, ...others] = ranking(report, 'acc');
  if (!best) return null;
  if (others.length === 0)
    return `${best.label} ends with an accuracy of ${inWords(best.value)}, averaged over all tasks.`;
  const last = others.at(-1)!;
  const second = others.length > 1 ? ` ${others[0].label} follows with ${inWords(others[0].value)}, and` : '';
  return `${best.label} ends best, with an accuracy of ${inWords(best.value)} averaged over all tasks;${second} ${last.label} is last with ${inWords(last.value)}.`;
}

function gapSentences({ gaps }: GroupReport): string[] {
  const all = deepest(gaps);
  if (!all) return [];
  const recovered = deepestRecovered(gaps);
  const sentences = [`The deepest gap: ${whose(all)} ${gapWords(all)}.`];
  if (recovered && recovered !== all) {
    sentences.push(`The deepest gap that was made good: ${whose(recovered)} ${gapWords(recovered)}.`);
  }
  if (recovered) sentences.push(hidden(recovered));
  return sentences;
}

const whose = ({ series, run }: SeenGap): string =>
  series.runs.length > 1 ? `${series.label} (seed ${run.record.seed})` : series.label;

/** What an evaluation at task ends only would have made of a gap. */
function hidden(seen: SeenGap): string {
  const change = endLevel(seen) - seen.gap.reference;
  const size = inWords(Math.abs(change));
  const shown = Number(size) === 0 ? 'no change' : `a ${change < 0 ? 'loss' : 'gain'} of ${size}`;
  return `Evaluated at task ends only, that one would have shown as ${shown}, where the fall was ${inWords(seen.gap.depth)}.`;
}

function worstMoments(report: GroupReport): string | null {
  const final = new Map(ranking(report, 'acc').map(({ label, value }) => [label, value]));
  const falls = ranking(report, 'min-acc')
    .map(({ label, value }) => ({ label, value, fall: (final.get(label) ?? NaN) - value }))
    .toSorted((a, b) => b.fall - a.fall);
  if (falls.length === 0) return null;
  const clauses = falls.map(
    ({ label, value, fall }) =>
      `${inWords(fall)} for ${label} (${inWords(final.get(label) ?? NaN)} to ${inWords(value)})`,
  );
  return `How far the worst moments of the old tasks (min-ACC) lie below the final accuracy (ACC): ${listed(clauses)}.`;
}

/** How many runs came to which end: `24 runs: 22 complete, 1 diverged and 1 failed`. */
export function statusWords(statuses: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  if (counts.size === 1) return `${counted(statuses.length, 'run')}, all ${statuses[0]}`;
  return `${counted(statuses.length, 'run')}: ${listed([...counts].map(([status, count]) => `${count} ${status}`))}`;
}
