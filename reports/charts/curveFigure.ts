import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, ChartDataset } from 'chart.js';
import type { CurvePanel, TaskCurve } from './curves.ts';
import type { Figure, Point } from './svg.ts';
import { axis, cssFont, ink, mutedInk, px, taskColors, withOpacity } from './theme.ts';
import { thinned } from './thin.ts';
import { drawTitle } from './title.ts';

/** The accuracy of every task over the updates, for one method; a strip above the plot names the task being trained. */
export function curveFigure(panel: CurvePanel): Figure {
  const colors = taskColors(panel.tasks.length);
  const end = panel.intervals.at(-1)?.to ?? 1;
  return {
    width: 560,
    height: 320,
    padding: { top: 52, right: 10 },
    datasets: panel.curves.flatMap((curve) => curveDatasets(curve, colors[curve.task], end / columns)),
    scales: {
      x: axis('updates', 0, end),
      y: axis('accuracy', 0, 1, 0.2),
    },
    underlay: (context, chart) => drawSwitches(context, chart, panel),
    overlay: (context, chart) => {
      drawTitle(context, panel.title, panel.subtitle);
      drawTaskStrip(context, chart, panel, colors);
    },
  };
}

/** Stretches of a figure of which the least and the greatest value can be told apart: about one a CSS pixel. */
const columns = 500;

function curveDatasets({ lines, band }: TaskCurve, color: string, width: number): ChartDataset<'line', Point[]>[] {
  const bare = { pointRadius: 0, borderWidth: 0 };
  const edges = band
    ? [
        { ...bare, data: [...thinned(band.high, width)], fill: '+1', backgroundColor: withOpacity(color, 0.22) },
        { ...bare, data: [...thinned(band.low, width)] },
      ]
    : [];
  const thickness = px(lines.length > 1 ? 0.9 : 1.4);
  const strokes = lines.map((line) => ({
    data: [...thinned(line, width)],
    pointRadius: 0,
    borderWidth: thickness,
    borderColor: color,
  }));
  return [...strokes, ...edges];
}

function drawSwitches(context: SKRSContext2D, chart: Chart, { intervals }: CurvePanel): void {
  const { top, bottom } = chart.chartArea;
  context.save();
  context.strokeStyle = mutedInk;
  context.lineWidth = px(1);
  context.setLineDash([px(3), px(3)]);
  for (const { from } of intervals.slice(1)) {
    const x = chart.scales.x.getPixelForValue(from);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, bottom);
    context.stroke();
  }
  context.restore();
}

function drawTaskStrip(context: SKRSContext2D, chart: Chart, panel: CurvePanel, colors: readonly string[]): void {
  const { top } = chart.chartArea;
  const every = Math.ceil(panel.intervals.length / 20);
  context.save();
  context.font = cssFont(10.5);
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  panel.intervals.forEach(({ task, from, to }, i) => {
    const [left, right] = [from, to].map((step) => chart.scales.x.getPixelForValue(step));
    context.fillStyle = colors[task];
    context.fillRect(left, top - px(8), right - left, px(4));
    context.fillStyle = ink;
    if (i % every === 0) context.fillText(panel.labels[i], (left + right) / 2, top - px(9));
  });
  context.restore();
}
