import type { SKRSContext2D } from '@napi-rs/canvas';
import { logTicks } from '../charts/costFigure.ts';
import type { CostMark, CostPanel } from '../charts/costPanel.ts';
import { placeLabels, type Box } from '../charts/labels.ts';
import { accent, ink, mutedInk, paper } from '../charts/theme.ts';
import { threeDigits } from '../flops.ts';
import { disc, fitted, rule, widthOf, wrapped, write, type Spot } from './pen.ts';
import { drawPlot, roundTicks, type PlaceOf } from './plot.ts';
import type { Sheet } from './sheet.ts';
import type { FigureStyle } from './style.ts';

/** Final mean accuracy over training FLOPs, on an axis of powers of ten, with the front of those that no other method beats in both. */
export function paretoSheet({ subtitle, marks, unit, window }: CostPanel, width: number, style: FigureStyle): Sheet {
  const { text } = style;
  const sparse = marks.some(({ dense }) => dense !== null);
  const said = [
    'dashed: the front, where no method does better for less',
    sparse && 'discs: by the density of masked layers; rings: as executed, densely',
    subtitle,
  ];
  const notes = wrapped(said.filter((part) => part !== false).join('; '), width - 4, text);
  const area = { x: 3.9 * text, y: 3, width: width - 4.9 * text, height: Math.min(0.66 * width, 36 * text) };
  const height = area.y + area.height + 3.4 * text + notes.length * 1.25 * text;
  const name = (exponent: number): string => {
    const digits = threeDigits(10 ** exponent / unit.size);
    return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  };
  return {
    width,
    height,
    description: `Final mean accuracy over training FLOPs: ${marks.map(({ label }) => label).join(', ')}`,
    draw(context) {
      drawPlot(context, {
        area,
        style,
        x: { min: window.left, max: window.right, named: true, at: logTicks(window.left, window.right), name },
        y: {
          min: window.bottom,
          max: window.top,
          named: true,
          at: roundTicks(window.bottom, window.top, 2 * area.height, style),
        },
        datasets: [],
        over(place) {
          const corners = cornersOf(marks, place, area);
          rule(context, corners, { color: accent, width: style.line, dash: [3, 2] });
          for (const mark of marks) drawExecuted(context, mark, place, style);
          for (const mark of marks) drawMark(context, mark, place, style);
          drawLabels(context, marks, { place, corners, area, style });
        },
      });
      const below = area.y + area.height + 3 * text;
      write(context, `training FLOPs of layers, ${unit.name}`, [area.x + area.width / 2, below], { size: text, align: 'center' }); // prettier-ignore
      write(context, 'final mean accuracy', [0.7 * text, area.y + area.height / 2], { size: text, align: 'center', turns: 1, baseline: 'middle' }); // prettier-ignore
      notes.forEach((line, i) =>
        write(context, line, [2, below + 1.4 * text + i * 1.25 * text], { size: text, color: mutedInk }),
      );
    },
  };
}

const spotOf = ({ flops, accuracy }: CostMark, place: PlaceOf): Spot => place(Math.log10(flops.mean!), accuracy.mean!);
const colorOf = ({ front }: CostMark): string => (front ? accent : mutedInk);

/** The corners of the front, a step up at every method of it: what accuracy could be had for so much. */
function cornersOf(marks: readonly CostMark[], place: PlaceOf, area: Box): Spot[] {
  const front = marks
    .filter((mark) => mark.front)
    .map((mark) => spotOf(mark, place))
    .toSorted(([ax, ay], [bx, by]) => ax - bx || by - ay);
  return [
    [front[0][0], area.y + area.height],
    ...front.flatMap(([x, y], i): Spot[] => [
      [x, y],
      [front[i + 1]?.[0] ?? area.x + area.width, y],
    ]),
  ];
}

function drawExecuted(context: SKRSContext2D, mark: CostMark, place: PlaceOf, style: FigureStyle): void {
  if (mark.dense === null) return;
  const there = place(Math.log10(mark.dense), mark.accuracy.mean!);
  const stroke = { color: colorOf(mark), width: style.line };
  rule(context, [spotOf(mark, place), there], stroke);
  disc(context, there, 1.9 * style.dot, paper, stroke);
}

function drawMark(context: SKRSContext2D, mark: CostMark, place: PlaceOf, style: FigureStyle): void {
  const [x, y] = spotOf(mark, place);
  const stroke = { color: colorOf(mark), width: style.line };
  const [low, high] = spreadOf(mark, place);
  if (low !== high) {
    rule(context, [[x, low], [x, high]], stroke); // prettier-ignore
    for (const end of [low, high]) rule(context, [[x - 2, end], [x + 2, end]], stroke); // prettier-ignore
  }
  disc(context, [x, y], 1.4 * style.dot, colorOf(mark));
}

/** One standard deviation below and above the mean. */
function spreadOf({ flops, accuracy: { mean, std } }: CostMark, place: PlaceOf): [number, number] {
  const at = (accuracy: number): number => place(Math.log10(flops.mean!), accuracy)[1];
  return [at(mean! - (std ?? 0)), at(mean! + (std ?? 0))];
}

interface Setting {
  readonly place: PlaceOf;
  readonly corners: readonly Spot[];
  readonly area: Box;
  readonly style: FigureStyle;
}

function drawLabels(
  context: SKRSContext2D,
  marks: readonly CostMark[],
  { place, corners, area, style }: Setting,
): void {
  const { text } = style;
  const obstacles = marks.flatMap((mark): Box[] => {
    const [x, y] = spotOf(mark, place);
    const [low, high] = spreadOf(mark, place);
    const own = [around([x, y], 1.6 * style.dot), along([x, low], [x, high], 2)];
    if (mark.dense === null) return own;
    const there = place(Math.log10(mark.dense), mark.accuracy.mean!);
    return [...own, around(there, 2.2 * style.dot), along([x, y], there, 0.5)];
  });
  obstacles.push(...corners.slice(1).map((corner, i) => along(corners[i], corner, 0.5)));
  // Those of the front choose first.
  const ordered = marks.toSorted((a, b) => Number(b.front) - Number(a.front));
  const names = ordered.map(({ label }) => fitted(label, 0.6 * area.width, text));
  const points = ordered.map((mark, i) => {
    const [x, y] = spotOf(mark, place);
    return { x, y, width: widthOf(names[i], text), height: 1.15 * text };
  });
  placeLabels(points, obstacles, area, 2 * style.dot + 0.5).forEach(({ box, far }, i) => {
    const { x, y } = points[i];
    if (far) {
      const end = [clamp(x, box.x, box.x + box.width), clamp(y, box.y, box.y + box.height)] as const;
      rule(context, [[x, y], end], { color: mutedInk, width: style.hair }); // prettier-ignore
    }
    write(context, names[i], [box.x, box.y + box.height / 2], { size: text, baseline: 'middle', color: ink });
  });
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

const around = ([x, y]: Spot, half: number): Box => ({ x: x - half, y: y - half, width: 2 * half, height: 2 * half });

/** A box around a level or upright line. */
function along([ax, ay]: Spot, [bx, by]: Spot, room: number): Box {
  return {
    x: Math.min(ax, bx) - room,
    y: Math.min(ay, by) - room,
    width: Math.abs(ax - bx) + 2 * room,
    height: Math.abs(ay - by) + 2 * room,
  };
}
