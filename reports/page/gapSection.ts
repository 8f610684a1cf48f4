import { meanRecoveryTime } from '../../metrics/index.ts';
import type { GroupReport } from '../data.ts';
import { inWords } from '../format.ts';
import { deepest, deepestRecovered, endLevel, fallTime, sameSwitch } from '../gaps.ts';
import type { SeenGap } from '../gaps.ts';
import { ownGapFigures, switchFigures } from './figures.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { plainTable } from './tables.ts';
import type { Defined } from './tables.ts';

/** The switch with the deepest gap, and the one with the deepest gap that was made good, for all methods side by side. */
export async function gapSection(group: GroupReport, id: string): Promise<Markup | null> {
  const lowest = deepest(group.gaps);
  if (!lowest) return null;
  const views = [];
  for (const shown of viewsOf(lowest, deepestRecovered(group.gaps))) views.push(await switchView(group, shown));
  return markup`<h2>The deepest gap</h2>
<p class="muted">All methods in the same window around one switch, then each at the switch where it fell deepest. Blue: the seed whose gap is marked; grey: the other seeds.
Dashed level: the accuracy before the switch. Filled dot: the minimum. Open dot: the first evaluation that is back.</p>
${views}
<h3>Each method's own deepest gap</h3>
${await ownGapFigures(group)}
${gapTable(group, id)}`;
}

interface Shown extends SeenGap {
  readonly what: string;
}

/** What to show at which switch: one view if both gaps are of the same task at the same switch. */
function viewsOf(lowest: SeenGap, recovered: SeenGap | null): Shown[][] {
  const first = { ...lowest, what: 'the deepest gap' };
  if (!recovered || recovered === lowest) return [[first]];
  const second = { ...recovered, what: 'the deepest gap that was made good' };
  return sameSwitch([second], lowest.gap).length > 0 ? [[first, second]] : [[first], [second]];
}

async function switchView(group: GroupReport, shown: readonly Shown[]): Promise<Markup> {
  const { taskIndex, switchIndex } = shown[0].gap;
  const what = shown.map((one) => `${one.what} (${one.series.label})`).join(' and ');
  return markup`<h3>Accuracy on ${group.tasks[taskIndex]} at the switch to ${group.tasks[switchIndex]}: ${what}</h3>
${await switchFigures(group, shown)}
`;
}

function gapTable({ series, gaps }: GroupReport, id: string): Markup {
  const rows = series.flatMap((one) => {
    const own = gaps.filter((other) => other.series === one);
    const seen = deepest(own);
    return seen ? [[...gapRow(seen), closed(own)]] : [];
  });
  const heads = ['method', 'seed', 'task', 'switch to', ...columns];
  return plainTable('Deepest gap of each method', heads, rows, id);
}

const columns: readonly Defined[] = [
  { term: 'before', definition: 'Accuracy on the task before the first update on the new one.' },
  { term: 'minimum', definition: 'The lowest accuracy after it and before the next switch.' },
  { term: 'depth', definition: 'Before − minimum.' },
  { term: 'at the end', definition: 'The accuracy when training on the new task ended.' },
  { term: '9/10 fallen', definition: 'Updates from the switch until nine tenths of the fall were over.' },
  { term: 'lowest', definition: 'Updates from the switch to the minimum.' },
  { term: 'back', definition: 'Updates from the switch to the first evaluation that is as good as before.' },
  { term: 'gaps closed', definition: 'Of all gaps of all seeds, those that were back before the next switch.' },
];

function gapRow(seen: SeenGap): (string | number)[] {
  const { series, run, gap } = seen;
  const levels = [gap.reference, gap.minimum, gap.depth, endLevel(seen)].map(inWords);
  const times = [fallTime(seen), gap.minimumStep - gap.switchStep, gap.recoveryTime ?? 'not back'];
  return [series.label, run.record.seed, gap.task, gap.switchTask, ...levels, ...times];
}

/** How many of a method's gaps, over all seeds, closed before the next switch. */
function closed(gaps: readonly SeenGap[]): string {
  const { recovered, censored } = meanRecoveryTime(gaps.map(({ gap }) => gap));
  return `${recovered} of ${recovered + censored}`;
}
