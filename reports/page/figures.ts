import { costFigure } from '../charts/costFigure.ts';
import type { CostPanel } from '../charts/costPanel.ts';
import { curveFigure } from '../charts/curveFigure.ts';
import type { CurvePanel } from '../charts/curves.ts';
import { alignedFigure } from '../charts/alignedFigure.ts';
import { alignedPanel, alignedWindow } from '../charts/alignedPanels.ts';
import { alignedChart, curveChart } from './chartData.ts';
import { chart } from './interactive.ts';
import { gradientFigure } from '../charts/gradientFigure.ts';
import type { GradientPanel } from '../charts/gradientPanels.ts';
import { prequentialPanels } from '../charts/prequentialPanels.ts';
import { switchFigure } from '../charts/switchFigure.ts';
import { ownPanels, switchPanels } from '../charts/switchPanels.ts';
import type { GroupReport } from '../data.ts';
import type { SeenGap } from '../gaps.ts';
import { image } from './image.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** The accuracy of every task at every evaluation, one chart a method. */
export async function curveFigures({ tasks }: GroupReport, panels: readonly CurvePanel[], id: string): Promise<Markup> {
  const charts = [];
  for (const [i, panel] of panels.entries()) {
    const alt = `${panel.title}: accuracy of ${tasks.join(', ')} over the updates`;
    charts.push(chart(`${id}-curves-${i}`, curveChart(panel), await image(curveFigure(panel), alt)));
  }
  return markup`${panels.some(({ labels }) => labels.some((label) => !tasks.includes(label))) ? numbering(tasks) : null}
<div class="figures">${charts}</div>`;
}

/** Every old task around every switch, one chart a method; null where nothing was trained after another task. */
export async function alignedFigures(
  group: GroupReport,
  panels: readonly CurvePanel[],
  id: string,
): Promise<Markup | null> {
  const window = alignedWindow(group);
  if (!window) return null;
  const charts = [];
  for (const [i, panel] of panels.entries()) {
    const aligned = alignedPanel(group.series[i], group.gaps, panel);
    const alt = `${panel.title}: accuracy of the old tasks around all switches; ${aligned.subtitle}`;
    const picture = await image(alignedFigure(aligned, window, group.tasks.length), alt);
    charts.push(chart(`${id}-switches-${i}`, alignedChart(aligned, window, group.tasks), picture));
  }
  return markup`<div class="figures">${charts}</div>`;
}

/** How well every method predicted what it was about to learn, one panel a method; null where no run measured it. */
export async function prequentialFigures(group: GroupReport): Promise<Markup | null> {
  const images = [];
  for (const panel of prequentialPanels(group))
    images.push(await image(curveFigure(panel), `${panel.title}: prequential accuracy over the updates`));
  return images.length === 0 ? null : markup`<div class="figures">${images}</div>`;
}

/** Which task each number of the strip stands for. */
function numbering(tasks: readonly string[]): Markup {
  return markup`<p class="muted">Tasks by number: ${tasks.map((task, i) => `${i + 1} ${task}`).join(', ')}.</p>`;
}

/** One task around one switch, one panel a method, in a window that shows the given gaps. */
export async function switchFigures(group: GroupReport, shown: readonly SeenGap[]): Promise<Markup> {
  const [task, next] = [shown[0].gap.taskIndex, shown[0].gap.switchIndex].map((index) => group.tasks[index]);
  const images = [];
  for (const panel of switchPanels(group, shown)) {
    const alt = `${panel.title}: accuracy of ${task} around the switch to ${next}, ${panel.subtitle}`;
    images.push(await image(switchFigure(panel), alt));
  }
  return markup`<div class="figures small">${images}</div>`;
}

/** The two sides of gradients around the switch to a task. */
export async function gradientFigures(panels: readonly GradientPanel[], next: string): Promise<Markup> {
  const images = [];
  for (const panel of panels) {
    const alt = `${panel.title}: norms of the plasticity and stability sides of gradients around the switch to ${next}, and the cosine between them`;
    images.push(await image(gradientFigure(panel), alt));
  }
  return markup`<div class="figures small">${images}</div>`;
}

/** Every method at its own deepest gap. */
export async function ownGapFigures(group: GroupReport): Promise<Markup> {
  const images = [];
  for (const panel of ownPanels(group))
    images.push(await image(switchFigure(panel), `${panel.title}: accuracy, ${panel.subtitle}`));
  return markup`<div class="figures small">${images}</div>`;
}

/** Accuracy against training FLOPs, all methods in one figure. */
export async function costFigureImage(panel: CostPanel): Promise<Markup> {
  const front = panel.marks.filter((mark) => mark.front).map(({ label }) => label);
  const alt = `Final mean accuracy of every method over the operations that its training took; on the front: ${front.join(', ')}`;
  return markup`<div class="figures">${await image(costFigure(panel), alt)}</div>`;
}
