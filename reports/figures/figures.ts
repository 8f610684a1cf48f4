import type { RunMetric } from '../../metrics/index.ts';
import { costPanel } from '../charts/costPanel.ts';
import { curvePanels } from '../charts/curves.ts';
import type { GroupReport } from '../data.ts';
import { barPanel, barsSheet } from './bars.ts';
import { cdSheet } from './cd.ts';
import { cdPanel } from './cdPanel.ts';
import { curvesSheet } from './curves.ts';
import { gapSheet } from './gap.ts';
import { gapPanels } from './gapPanels.ts';
import { matrixPanels, matrixSheet } from './matrix.ts';
import { paretoSheet } from './pareto.ts';
import type { Sheet } from './sheet.ts';
import type { FigureStyle } from './style.ts';

export interface FigureOptions {
  /** In points. */
  readonly width: number;
  readonly style: FigureStyle;
  /** What bars show and ranks are of. */
  readonly metric: RunMetric;
}

/** Draws the runs of one protocol; a word on why not, where there is nothing to draw. */
type Draw = (group: GroupReport, options: FigureOptions) => Sheet | string;

/** Every figure by its name, in the order in which they are written. */
export const figures = {
  curves: (group, { width, style }) => curvesSheet(curvePanels(group), width, style),
  gap(group, { width, style }) {
    const shown = gapPanels(group);
    return shown ? gapSheet(shown, group.tasks, width, style) : 'there is no switch with an old task';
  },
  matrix: (group, { width, style }) => matrixSheet(matrixPanels(group), width, style),
  bars({ series }, { metric, width, style }) {
    const panel = barPanel(series, metric);
    return panel ? barsSheet(panel, width, style) : `no run has ${metric.name}`;
  },
  pareto(group, { width, style }) {
    const panel = costPanel(group);
    return panel ? paretoSheet(panel, width, style) : 'fewer than two methods know what their training took';
  },
  cd({ series }, { metric, width, style }) {
    const panel = cdPanel(series, metric);
    return typeof panel === 'string' ? panel : cdSheet(panel, width, style);
  },
} as const satisfies Readonly<Record<string, Draw>>;

export type FigureName = keyof typeof figures;
