import type { SKRSContext2D } from '@napi-rs/canvas';
import type { ChartDataset } from 'chart.js';
import type { CurvePanel, TaskCurve } from '../charts/curves.ts';
import type { Point } from '../charts/svg.ts';
import { mutedInk, px, taskColors, withOpacity } from '../charts/theme.ts';
import { gridOf, type GridCell } from './grid.ts';
import { block, fitted, rule, write } from './pen.ts';
import { drawPlot, roundTicks, shareTicks } from './plot.ts';
import type { Sheet } from './sheet.ts';
import type { FigureStyle } from './style.ts';
import { taskKey } from './taskKey.ts';

/** The accuracy of every task over the updates, a panel a method. A strip above each panel and dashed lines tell when which task was trained. */
export function curvesSheet(panels: readonly CurvePanel[], width: number, style: FigureStyle): Sheet {
  const { tasks, subtitle } = panels[0];
  const { text } = style;
  const inner = width - 4;
  const key = taskKey(tasks, inner, style, { note: subtitle });
  const grid = gridOf({
    width,
    count: panels.length,
    least: 13 * text,
    heightOf: (each) => Math.min(0.62 * each, 24 * text),
    left: 3.7 * text,
    right: text,
    top: key.height + 2,
    bottom: 3.4 * text,
    gapX: 1.2 * text,
    heading: 2.5 * text,
  });
  const last = Math.max(1, ...panels.map(({ intervals }) => intervals.at(-1)?.to ?? 1));
  return {
    width,
    height: grid.height,
    description: `Accuracy of ${tasks.join(', ')} over the updates: ${panels.map(({ title }) => title).join(', ')}`,
    draw(context) {
      context.save();
      context.translate(px(2), 0);
      key.draw(context, 1);
      context.restore();
      panels.forEach((panel, i) => drawPanel(context, panel, grid.cells[i], last, style));
      write(context, 'accuracy', [0.7 * text, grid.middle], { size: text, align: 'center', turns: 1, baseline: 'middle' }); // prettier-ignore
      write(context, 'updates', [(width + 2.6 * text) / 2, grid.height - 2], { size: text, align: 'center' });
    },
  };
}

function drawPanel(context: SKRSContext2D, panel: CurvePanel, cell: GridCell, last: number, style: FigureStyle): void {
  const { heading } = style;
  const colors = taskColors(panel.tasks.length);
  const title = fitted(panel.title, cell.width, heading, 'bold');
  write(context, title, [cell.x, cell.y - 4 - heading * 0.25], { size: heading, weight: 'bold' });
  drawPlot(context, {
    area: cell,
    style,
    x: { min: 0, max: last, named: cell.lowest, at: roundTicks(0, last, cell.width, style) },
    y: { min: 0, max: 1, named: cell.first, at: shareTicks(cell.height, style) },
    datasets: panel.curves.flatMap((curve) => datasetsOf(curve, colors[curve.task], style)),
    under(place) {
      for (const { task, from, to } of panel.intervals) {
        const [[x], [end]] = [place(from, 0), place(to, 0)];
        block(context, [x, cell.y - 3], end - x, 2, colors[task]);
        if (from > 0)
          rule(context, [place(from, 0), place(from, 1)], { color: mutedInk, width: style.hair, dash: [2, 2] });
      }
    },
  });
}

function datasetsOf({ lines, band }: TaskCurve, color: string, style: FigureStyle): ChartDataset<'line', Point[]>[] {
  const bare = { pointRadius: 0, borderWidth: 0 };
  const edges = band
    ? [
        { ...bare, data: [...band.high], fill: '+1', backgroundColor: withOpacity(color, 0.25) },
        { ...bare, data: [...band.low] },
      ]
    : [];
  const width = px(lines.length > 1 ? style.hair : style.line);
  return [
    ...lines.map((line) => ({
      data: [...line],
      pointRadius: 0,
      borderWidth: width,
      borderColor: color,
      borderJoinStyle: 'round' as const,
    })),
    ...edges,
  ];
}
