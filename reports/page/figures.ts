import { costFigure } from '../charts/costFigure.ts';
import type { CostPanel } from '../charts/costPanel.ts';
import { curveFigure } from '../charts/curveFigure.ts';
import { curvePanel } from '../charts/curves.ts';
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
import { multiplesRow } from './multiples.ts';

/** What is drawn of the curves of all methods, one each. */
export interface CurveParts {
  /** The accuracy of every task at every evaluation. */
  readonly curves: Markup;
  /** The same, small: rows of {@link multiples}. */
  readonly rows: readonly Markup[];
  /** Every old task around every switch; null where nothing was trained after another task. */
  readonly switches: Markup | null;
}

/** Draws method by method: the curves of all methods at once would be most of the memory of a large report. */
export async function curveParts(group: GroupReport, id: string): Promise<CurveParts> {
  const { tasks } = group;
  const window = alignedWindow(group);
  const [curves, rows, switches]: Markup[][] = [[], [], []];
  let numbered = false;
  for (const [i, series] of group.series.entries()) {
    const panel = curvePanel(series, tasks, (run) => run.accuracy);
    const alt = `${panel.title}: accuracy of ${tasks.join(', ')} over the updates`;
    curves.push(chart(`${id}-curves-${i}`, curveChart(panel), await image(curveFigure(panel), alt)));
    rows.push(multiplesRow(panel, tasks));
    numbered ||= panel.labels.some((label) => !tasks.includes(label));
    if (!window) continue;
    const aligned = alignedPanel(series, group.gaps, panel);
    const words = `${panel.title}: accuracy of the old tasks around all switches; ${aligned.subtitle}`;
    const picture = await image(alignedFigure(aligned, window, tasks.length), words);
    switches.push(chart(`${id}-switches-${i}`, alignedChart(aligned, window, tasks), picture));
  }
  return {
    curves: markup`${numbered ? numbering(tasks) : null}
<div class="figures">${curves}</div>`,
    rows,
    switches: window && markup`<div class="figures">${switches}</div>`,
  };
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
