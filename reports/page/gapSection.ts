import { meanRecoveryTime } from '../../metrics/index.ts';
import type { GroupReport } from '../data.ts';
import { inWords } from '../format.ts';
import { deepest, deepestRecovered, endLevel, fallTime, sameSwitch } from '../gaps.ts';
import type { SeenGap } from '../gaps.ts';
import { ownGapFigures, switchFigures } from './figures.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { plainTable } from './tables.ts';

/** The switch with the deepest gap, and the one with the deepest gap that was made good, for all methods side by side. */
export async function gapSection(group: GroupReport): Promise<Markup | null> {
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
<p class="muted">At the end: the accuracy when training on the new task ended. 9/10 fallen, lowest, back: updates after the switch.
Gaps closed: of all gaps of all seeds, those that were back before the next switch.</p>
${gapTable(group)}`;
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

function gapTable({ series, gaps }: GroupReport): Markup {
  const rows = series.flatMap((one) => {
    const own = gaps.filter((other) => other.series === one);
    const seen = deepest(own);
    return seen ? [[...gapRow(seen), closed(own)]] : [];
  });
  const levels = ['before', 'minimum', 'depth', 'at the end'];
  const times = ['9/10 fallen', 'lowest', 'back', 'gaps closed'];
  return plainTable('Deepest gap of each method', ['method', 'seed', 'task', 'switch to', ...levels, ...times], rows);
}

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
