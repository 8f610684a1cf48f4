import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, Scale } from 'chart.js';
import { threeDigits, type FlopUnit } from '../flops.ts';
import type { CostMark, CostPanel } from './costPanel.ts';
import { placeLabels, type Box } from './labels.ts';
import type { Figure } from './svg.ts';
import { accent, axis, cssFont, ink, mutedInk, paper, px } from './theme.ts';
import { drawTitle } from './title.ts';

/** Radius of a mark, and of one of operations as executed: a ring around another method's mark where both fall together. */
const radius = 4;
const ringRadius = 5.5;

/** Accuracy over training FLOPs, on an axis of powers of ten: a mark a method, and the front of those that no other method beats in both. */
export function costFigure(panel: CostPanel): Figure {
  const { window, unit } = panel;
  const flops = axis(`training FLOPs of layers, ${unit.name}`, window.left, window.right);
  const ticks = logTicks(window.left, window.right);
  return {
    width: 760,
    height: 440,
    padding: { top: 54, right: 14 },
    datasets: [],
    scales: {
      x: {
        ...flops,
        afterBuildTicks: (scale: Scale) => (scale.ticks = ticks.map((value) => ({ value }))),
        ticks: { ...flops.ticks, autoSkip: false, callback: inUnit(unit) },
      },
      y: axis('final mean accuracy', window.bottom, window.top),
    },
    underlay: (context, chart) => drawFront(context, chart, panel.marks),
    overlay(context, chart) {
      drawTitle(context, 'Accuracy against training FLOPs', panel.subtitle);
      drawKey(context, panel.marks);
      // Below all others: a method may stand just where another one's operations as executed do.
      for (const mark of panel.marks) drawExecuted(context, chart, mark);
      for (const mark of panel.marks) drawMark(context, chart, mark);
      drawLabels(context, chart, panel.marks);
    },
  };
}

/** Exponents at which an axis of powers of ten has ticks: decades, with their 2nd and 5th where there are few, with all nine where there is not one. */
export function logTicks(left: number, right: number): number[] {
  const span = right - left;
  const digits = span > 3 ? [1] : span > 0.8 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  const decades = Array.from({ length: Math.ceil(right) - Math.floor(left) + 1 }, (_, i) => Math.floor(left) + i);
  return decades.flatMap((decade) => digits.map((digit) => decade + Math.log10(digit))).filter((at) => at >= left && at <= right); // prettier-ignore
}

const inUnit =
  ({ size }: FlopUnit) =>
  (exponent: number | string): string => {
    const text = threeDigits(10 ** Number(exponent) / size);
    return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  };

interface Place {
  readonly x: number;
  readonly y: number;
}

function placeOf({ scales }: Chart, flops: number, accuracy: number): Place {
  return { x: scales.x.getPixelForValue(Math.log10(flops)), y: scales.y.getPixelForValue(accuracy) };
}

const colorOf = ({ front }: CostMark): string => (front ? accent : mutedInk);

/** The corners of the front, a step up at every method of it: what accuracy could be had for so much. */
function cornersOf(chart: Chart, marks: readonly CostMark[]): Place[] {
  const front = marks
    .filter((mark) => mark.front)
    .map(({ flops, accuracy }) => placeOf(chart, flops.mean!, accuracy.mean!))
    .toSorted((a, b) => a.x - b.x || b.y - a.y);
  return [
    { x: front[0].x, y: chart.chartArea.bottom },
    ...front.flatMap(({ x, y }, i) => [
      { x, y },
      { x: front[i + 1]?.x ?? chart.chartArea.right, y },
    ]),
  ];
}

function drawFront(context: SKRSContext2D, chart: Chart, marks: readonly CostMark[]): void {
  context.save();
  context.strokeStyle = accent;
  context.lineWidth = px(1.2);
  context.setLineDash([px(4), px(3)]);
  context.beginPath();
  cornersOf(chart, marks).forEach(({ x, y }, i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.stroke();
  context.restore();
}

function drawExecuted(context: SKRSContext2D, chart: Chart, mark: CostMark): void {
  const { flops, accuracy, dense } = mark;
  if (dense === null) return;
  const there = placeOf(chart, dense, accuracy.mean!);
  context.save();
  context.strokeStyle = colorOf(mark);
  context.lineWidth = px(1.2);
  line(context, placeOf(chart, flops.mean!, accuracy.mean!), there);
  dot(context, there, paper, ringRadius);
  context.restore();
}

function drawMark(context: SKRSContext2D, chart: Chart, mark: CostMark): void {
  const { flops, accuracy } = mark;
  const at = placeOf(chart, flops.mean!, accuracy.mean!);
  context.save();
  context.strokeStyle = colorOf(mark);
  context.fillStyle = colorOf(mark);
  context.lineWidth = px(1.2);
  if (accuracy.std !== null) {
    const [low, high] = [-1, 1].map((side) => placeOf(chart, flops.mean!, accuracy.mean! + side * accuracy.std!));
    line(context, low, high);
    for (const { x, y } of [low, high]) line(context, { x: x - px(3), y }, { x: x + px(3), y });
  }
  if (flops.std !== null && flops.std < flops.mean!) {
    const [low, high] = [-1, 1].map((side) => placeOf(chart, flops.mean! + side * flops.std!, accuracy.mean!));
    // Where all seeds took about as much the mark covers it.
    if (high.x - low.x > px(2 * radius)) line(context, low, high);
  }
  dot(context, at, colorOf(mark));
  context.restore();
}

function line(context: SKRSContext2D, from: Place, to: Place): void {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

function dot(context: SKRSContext2D, { x, y }: Place, fill: string, size = radius): void {
  context.save();
  context.fillStyle = fill;
  context.beginPath();
  context.arc(x, y, px(size), 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.restore();
}

function drawLabels(context: SKRSContext2D, chart: Chart, marks: readonly CostMark[]): void {
  const { left, right, top, bottom } = chart.chartArea;
  context.save();
  context.font = cssFont(11);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const around = ({ x, y }: Place, half = px(ringRadius + 0.5)): Box => ({
    x: x - half,
    y: y - half,
    width: 2 * half,
    height: 2 * half,
  });
  const obstacles = marks.flatMap(({ flops, accuracy: { mean, std }, dense }): Box[] => {
    const at = placeOf(chart, flops.mean!, mean!);
    const reach = Math.abs(placeOf(chart, flops.mean!, mean! + (std ?? 0)).y - at.y);
    const bar = { x: at.x - px(1), y: at.y - reach, width: px(2), height: 2 * reach };
    if (dense === null) return [around(at), bar];
    const there = placeOf(chart, dense, mean!);
    return [around(at), bar, around(there), along(at, there)];
  });
  const corners = cornersOf(chart, marks);
  obstacles.push(...corners.slice(1).map((corner, i) => along(corners[i], corner)));
  // Those of the front choose first.
  const ordered = marks.toSorted((a, b) => Number(b.front) - Number(a.front));
  const points = ordered.map(({ label, flops, accuracy }) => ({
    ...placeOf(chart, flops.mean!, accuracy.mean!),
    width: context.measureText(label).width,
    height: px(13),
  }));
  const placed = placeLabels(
    points,
    obstacles,
    { x: left, y: top, width: right - left, height: bottom - top },
    px(radius + 3),
  );
  placed.forEach(({ box, far }, i) => {
    const { x, y } = points[i];
    if (far) {
      context.strokeStyle = mutedInk;
      context.lineWidth = px(0.75);
      const end = {
        x: Math.min(Math.max(x, box.x), box.x + box.width),
        y: Math.min(Math.max(y, box.y), box.y + box.height),
      };
      line(context, { x, y }, end);
    }
    context.fillStyle = ink;
    context.fillText(ordered[i].label, box.x, box.y + box.height / 2);
  });
  context.restore();
}

/** A box around a level or upright line. */
function along(a: Place, b: Place): Box {
  return {
    x: Math.min(a.x, b.x) - px(1),
    y: Math.min(a.y, b.y) - px(1),
    width: Math.abs(a.x - b.x) + px(2),
    height: Math.abs(a.y - b.y) + px(2),
  };
}

function drawKey(context: SKRSContext2D, marks: readonly CostMark[]): void {
  context.save();
  context.font = cssFont(11);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.strokeStyle = accent;
  context.lineWidth = px(1.2);
  const y = px(34);
  let x = px(12);
  const name = (text: string): void => {
    context.fillStyle = ink;
    context.fillText(text, x, y);
    x += context.measureText(text).width + px(20);
  };
  const sparse = marks.some(({ dense }) => dense !== null);
  dot(context, { x, y }, accent);
  x += px(9);
  name(sparse ? 'by the density of masked layers' : 'a method');
  if (sparse) {
    dot(context, { x, y }, paper, ringRadius);
    x += px(11);
    name('as executed, densely');
  }
  context.setLineDash([px(4), px(3)]);
  line(context, { x: x - px(4), y }, { x: x + px(18), y });
  x += px(24);
  name('front: no method does better for less');
  context.restore();
}
