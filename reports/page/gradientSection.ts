import type { GroupReport } from '../data.ts';
import { listed } from '../format.ts';
import type { Series } from '../../analysis/index.ts';
import { gradientPanels, shownSwitch, switchSizes, twoSided } from '../charts/gradientPanels.ts';
import { gradientFigures } from './figures.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { plainTable } from './tables.ts';

/** The two sides of gradients around a switch, and their sizes at all switches; null where no run measured both. */
export async function gradientSection(group: GroupReport): Promise<Markup | null> {
  const series = twoSided(group);
  const shown = shownSwitch(group);
  if (series.length === 0 || !shown) return null;
  const next = group.tasks[shown.task];
  const others = group.series.filter((one) => !series.includes(one) && one.runs.some(({ gradients }) => gradients));
  return markup`<h2>Gradients in two sides</h2>
<p class="muted">The gradient of every update around the switch to ${next}, in two sides: stability, of what keeps old knowledge (the loss on replayed rows, a
penalty, a distillation term, the correction of a projection), and plasticity, of all the rest. Above: their Euclidean norms, on an axis of powers of ten, 0 on
its lower edge; a gap where an update has one side only. Below: the cosine between them, negative where they oppose each other. At 0 is the first update after the
switch. What to look for: there old knowledge is still as it was, so that the stability side has not grown yet, and that of a penalty or a distillation term
vanishes; it answers only when the plasticity side, many times as large, has done harm (arXiv:2205.13452, section 5).</p>
${await gradientFigures(gradientPanels(group, shown), next)}
<p>${ratios(series)}</p>
${sizesTable(series)}
${others.length > 0 ? markup`<p class="muted">One side only: ${listed(others.map(({ label }) => label))}.</p>` : null}`;
}

/** How the sides compare in the first update after a switch. */
function ratios(series: readonly Series[]): string {
  const found = series.map(({ label, runs }) => ({ label, ...switchSizes({ runs }).first }));
  const still = found.filter(({ plasticity, stability }) => stability < rounding * plasticity);
  const grown = found.filter(({ plasticity, stability }) => stability >= rounding * plasticity);
  const times = grown.map(
    ({ label, plasticity, stability }) => `${twoDigits(plasticity / stability)} times (${label})`,
  );
  const sentences = [
    still.length > 0 && `the stability side was 0 with ${listed(still.map(({ label }) => label))}`,
    times.length > 0 && `the plasticity side was ${listed(times)} as large as the stability side`,
  ].filter((each) => each !== false);
  if (sentences.length === 0) return '';
  return `In the first update after a switch ${sentences.join('; ')}: norms, mean over all switches and seeds.`;
}

function sizesTable(series: readonly Series[]): Markup {
  const rows = series.map((one) => {
    const { before, first, next } = switchSizes(one);
    const sizes = [first.plasticity, next.plasticity, before, first.stability, next.stability];
    return [one.label, ...sizes.map(size), Number.isNaN(next.cosine) ? '–' : next.cosine.toFixed(2)];
  });
  const plasticity = ['plasticity: first update', 'next ten'];
  const stability = ['stability: ten before', 'first update', 'next ten'];
  return plainTable(
    'Norms of both sides around the switches: means over all switches and seeds',
    ['method', ...plasticity, ...stability, 'cosine: next ten'],
    rows,
  );
}

/** What a norm of 0 may come to by rounding, beside gradients of about 1. */
const rounding = 1e-5;

function size(norm: number): string {
  if (Number.isNaN(norm)) return '–';
  return norm < rounding ? '0' : twoDigits(norm);
}

const twoDigits = (value: number): string => String(Number(value.toPrecision(2)));
