import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, ChartDataset } from 'chart.js';
import type { Event } from '../../metrics/index.ts';
import { shownStep, shownValue } from '../analysis/numbers.ts';
import { dot, label, labelHeight, line, type Place } from './marks.ts';
import type { Figure, Point } from './svg.ts';
import { accent, axis, cssFont, mutedInk, paper, px, warning, withOpacity } from './theme.ts';
import { drawTitle } from './title.ts';

/** What one figure shows: every evaluation of a task, with what befell it. */
export interface CoursePanel {
  readonly title: string;
  readonly subtitle: string;
  readonly measure: string;
  readonly points: readonly Point[];
  /** One standard error below and above each point; null where none is known. */
  readonly band: { readonly low: readonly Point[]; readonly high: readonly Point[] } | null;
  /** Those that are drawn: not noise. */
  readonly events: readonly Event[];
  /** Steps of the switches. */
  readonly switches: readonly number[];
}

/** Few enough evaluations to be told apart are marked one by one. */
const countable = 80;

/** One task over the steps: reference, minimum and recovery of each event are marked. */
export function courseFigure({ title, subtitle, measure, points, band, events, switches }: CoursePanel): Figure {
  const x = { from: points[0].x, to: Math.max(points.at(-1)!.x, points[0].x + 1) };
  const values = [...(band ? [...band.low, ...band.high] : points)].map(({ y }) => y).filter((y) => !Number.isNaN(y));
  const { min, max } = rangeOf(values);
  return {
    width: 560,
    height: 290,
    padding: { top: 54, right: 14 },
    datasets: [
      {
        data: [...points],
        borderColor: accent,
        borderWidth: px(1.5),
        backgroundColor: accent,
        pointRadius: points.length <= countable ? px(1.9) : 0,
        pointBorderWidth: 0,
        clip: px(4),
      },
      ...bandDatasets(band),
    ],
    scales: { x: axis('step', x.from, x.to), y: axis(measure, min, max) },
    underlay: (context, chart) => {
      const { top, bottom } = chart.chartArea;
      for (const step of switches) {
        const at = chart.scales.x.getPixelForValue(step);
        line(context, [at, top], [at, bottom], withOpacity(mutedInk, 0.6));
      }
    },
    overlay: (context, chart) => {
      drawHeading(context, title, subtitle);
      for (const event of events)
        drawEvent(
          context,
          chart,
          event,
          switches.find((step) => step > event.switchStep),
        );
    },
  };
}

function bandDatasets(band: CoursePanel['band']): ChartDataset<'line', Point[]>[] {
  if (!band) return [];
  const bare = { pointRadius: 0, borderWidth: 0 };
  return [
    { ...bare, data: [...band.high], fill: '+1', backgroundColor: withOpacity(accent, 0.18) },
    { ...bare, data: [...band.low] },
  ];
}

/** From the least to the greatest value, with a tenth of the range around; not below 0 or above 1 for what lies between. */
function rangeOf(values: readonly number[]): { min: number; max: number } {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const greatest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const room = 0.1 * (greatest - least || Math.abs(greatest) || 1);
  return {
    min: least >= 0 ? Math.max(0, least - room) : least - room,
    max: greatest <= 1 && least >= 0 ? Math.min(1, greatest + room) : greatest + room,
  };
}

function drawHeading(context: SKRSContext2D, title: string, subtitle: string): void {
  drawTitle(context, title, '');
  context.save();
  context.font = cssFont(11);
  context.fillStyle = mutedInk;
  context.fillText(subtitle, px(8), px(34));
  context.restore();
}

/** @param until the next switch, where there is one: what comes after is another event */
function drawEvent(context: SKRSContext2D, chart: Chart, event: Event, until?: number): void {
  const { left, right, top, bottom } = chart.chartArea;
  const at = (step: number, value: number): Place => [
    chart.scales.x.getPixelForValue(step),
    chart.scales.y.getPixelForValue(value),
  ];
  const start = at(event.switchStep, event.reference);
  const falls = event.kind !== 'backward_transfer';
  const end = event.recoveryStep ?? until;
  line(context, start, [end === undefined ? right : at(end, 0)[0], start[1]], warning);
  if (!falls) return;
  const lowest = at(event.minimumStep, event.minimum);
  dot(context, lowest, warning);
  const below = lowest[1] + px(7);
  const y = below + labelHeight < bottom ? below : Math.max(top, lowest[1] - px(20));
  label(context, `${shownValue(event.minimum)} at ${shownStep(event.minimumStep)}`, lowest[0], y, [left, right]);
  if (event.recoveryStep !== null) dot(context, at(event.recoveryStep, event.reference), paper);
}
