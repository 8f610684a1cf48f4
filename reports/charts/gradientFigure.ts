import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, ChartDataset } from 'chart.js';
import type { GradientPanel, SeedCurve } from './gradientPanels.ts';
import type { Figure, Point } from './svg.ts';
import { accent, axis, cssFont, ink, mutedInk, px, warning, withOpacity } from './theme.ts';
import { drawTitle } from './title.ts';

/** The two sides of one method's gradients around one switch: their norms above, on an axis of powers of ten, the cosine between them below. */
export function gradientFigure({ title, subtitle, plasticity, stability, cosine, window }: GradientPanel): Figure {
  const { floor, top } = window;
  const exponent = ({ x, y }: Point): Point => ({ x, y: Math.max(floor, Math.log10(y)) });
  const norms = axis('norm', floor, top, 1);
  const upper = { ...norms, ticks: { ...norms.ticks, autoSkip: false, callback: powerOfTen(floor) } };
  const lower = axis('cosine', -1, 1, 1);
  return {
    width: 400,
    height: 340,
    padding: { top: 54, right: 12 },
    datasets: [
      ...datasets(plasticity, 'y', warning, exponent),
      ...datasets(stability, 'y', accent, exponent),
      ...datasets(cosine, 'cosine', ink),
    ],
    scales: {
      x: axis('updates after the switch', -window.before, window.after),
      // The last in a stack is drawn on top.
      cosine: {
        ...lower,
        position: 'left',
        stack: 'sides',
        stackWeight: 2,
        ticks: { ...lower.ticks, includeBounds: true },
      },
      gap: {
        type: 'linear',
        position: 'left',
        stack: 'sides',
        stackWeight: 0.6,
        display: true,
        grid: { display: false },
        ticks: { display: false },
        border: { display: false },
      },
      y: { ...upper, position: 'left', stack: 'sides', stackWeight: 4 },
    },
    underlay: drawLines,
    overlay: (context) => drawHeading(context, title, subtitle),
  };
}

function datasets(
  { mean, band }: SeedCurve,
  yAxisID: string,
  color: string,
  place: (point: Point) => Point = (point) => point,
): ChartDataset<'line', Point[]>[] {
  const bare = { pointRadius: 0, borderWidth: 0, yAxisID };
  const edges = band
    ? [
        { ...bare, data: band.high.map(place), fill: '+1', backgroundColor: withOpacity(color, 0.18) },
        { ...bare, data: band.low.map(place) },
      ]
    : [];
  const line = { data: mean.map(place), borderWidth: px(1.3), borderColor: color, clip: px(2) };
  // A value between two that are missing has no line to be seen by.
  const pointRadius = mean.map((_, i) =>
    Number.isNaN(mean[i - 1]?.y ?? NaN) && Number.isNaN(mean[i + 1]?.y ?? NaN) ? px(1) : 0,
  );
  return [{ ...bare, ...line, pointRadius, backgroundColor: color, pointBorderWidth: 0 }, ...edges];
}

/** 0.001, 0.01, 0.1, 1, 10; the lowest stands for all that is less. */
const powerOfTen =
  (floor: number) =>
  (value: number | string): string => {
    const power = Number(value);
    if (!Number.isInteger(power)) return '';
    const text = power < -3 || power > 3 ? `1e${power}` : String(Number((10 ** power).toPrecision(1)));
    return power === floor ? `≤${text}` : text;
  };

/** The switch, and the level at which neither side opposes the other. */
function drawLines(context: SKRSContext2D, chart: Chart): void {
  const { left, right, top, bottom } = chart.chartArea;
  const at = chart.scales.x.getPixelForValue(0);
  const right0 = chart.scales.cosine.getPixelForValue(0);
  context.save();
  context.strokeStyle = mutedInk;
  context.lineWidth = px(1);
  context.beginPath();
  context.moveTo(left, right0);
  context.lineTo(right, right0);
  context.stroke();
  context.setLineDash([px(4), px(3)]);
  context.beginPath();
  context.moveTo(at, top);
  context.lineTo(at, bottom);
  context.stroke();
  context.restore();
}

function drawHeading(context: SKRSContext2D, title: string, subtitle: string): void {
  drawTitle(context, title, subtitle);
  context.save();
  context.font = cssFont(11);
  let x = px(8);
  for (const [name, color] of [
    ['plasticity', warning],
    ['stability', accent],
  ]) {
    context.fillStyle = color;
    context.fillRect(x, px(29), px(12), px(3));
    x += px(16);
    context.fillStyle = ink;
    context.fillText(name, x, px(34));
    x += context.measureText(name).width + px(14);
  }
  context.restore();
}
