import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart } from 'chart.js';
import type { Gap } from '../../metrics/index.ts';
import { inWords } from '../format.ts';
import { dot, label, labelHeight, line, type Place } from './marks.ts';
import type { Figure } from './svg.ts';
import type { SwitchPanel } from './switchPanels.ts';
import { accent, axis, cssFont, mutedInk, paper, px, warning, withOpacity } from './theme.ts';
import { thinned } from './thin.ts';
import { drawTitle } from './title.ts';

/** Stretches of the axis of which the least and the greatest value can be told apart: about one a CSS pixel. */
const columns = 400;

/** One task around one switch: every seed, with the level before the switch, the minimum and the recovery of the deepest gap. */
export function switchFigure({ title, subtitle, traces, gap, window }: SwitchPanel): Figure {
  // The run that the marks belong to is drawn last, over the others.
  const ordered = traces.toSorted((a, b) => Number(b.focus) - Number(a.focus));
  return {
    width: 400,
    height: 280,
    padding: { top: 54, right: 12 },
    datasets: ordered.map(({ points, focus }) => ({
      data: [...thinned(points, (window.before + window.after) / columns)],
      borderColor: focus ? accent : withOpacity(mutedInk, 0.55),
      borderWidth: px(focus ? 1.6 : 0.9),
      backgroundColor: accent,
      // Few enough points to be told apart are marked one by one.
      pointRadius: focus && points.length <= 60 ? px(1.6) : 0,
      pointBorderWidth: 0,
      clip: px(2),
    })),
    scales: {
      x: axis('updates after the switch', -window.before, window.after),
      y: axis('accuracy', window.floor, 1, 1 - window.floor > 0.5 ? 0.2 : 0.1),
    },
    underlay: drawSwitch,
    overlay: (context, chart) => {
      drawHeading(context, title, subtitle);
      if (gap) drawGap(context, chart, gap);
    },
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

function drawSwitch(context: SKRSContext2D, chart: Chart): void {
  const { top, bottom } = chart.chartArea;
  line(context, [chart.scales.x.getPixelForValue(0), top], [chart.scales.x.getPixelForValue(0), bottom], mutedInk);
}

function drawGap(context: SKRSContext2D, chart: Chart, gap: Gap): void {
  const { left, right, bottom } = chart.chartArea;
  const at = (step: number, value: number): Place => [
    chart.scales.x.getPixelForValue(step - gap.switchStep),
    chart.scales.y.getPixelForValue(value),
  ];
  const level = chart.scales.y.getPixelForValue(gap.reference);
  line(context, [left, level], [right, level], warning);
  const taken = label(context, `before: ${inWords(gap.reference)}`, left, level - px(16), [left, right]);

  const lowest = at(gap.minimumStep, gap.minimum);
  if (lowest[0] <= right) {
    dot(context, lowest, warning);
    const below = lowest[1] + px(7);
    const top = below + labelHeight < bottom ? below : lowest[1] - px(20);
    label(context, `minimum: ${inWords(gap.minimum)}`, lowest[0], top, [left, right]);
  }
  if (gap.recoveryStep === null || gap.recoveryTime === null) return;
  const back = at(gap.recoveryStep, gap.reference);
  if (back[0] > right) return;
  dot(context, back, paper);
  label(context, `back: ${gap.recoveryTime}`, back[0], level - px(19), [taken + px(6), right]);
}
