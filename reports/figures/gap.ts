import type { SKRSContext2D } from '@napi-rs/canvas';
import { mutedInk, paper, px, taskColors, withOpacity } from '../charts/theme.ts';
import { inWords } from '../format.ts';
import type { GapPanel, GapPanels } from './gapPanels.ts';
import { gridOf, type GridCell } from './grid.ts';
import { block, disc, fitted, rule, widthOf, write, type Spot } from './pen.ts';
import { drawPlot, roundTicks, shareTicks } from './plot.ts';
import type { Sheet } from './sheet.ts';
import type { FigureStyle } from './style.ts';
import { taskKey } from './taskKey.ts';

/** Every switch at 0, a panel a method: each old task around it, with the mean depth and recovery. The deepest gap of the curves is marked. */
export function gapSheet(shown: GapPanels, tasks: readonly string[], width: number, style: FigureStyle): Sheet {
  const { text } = style;
  const { panels } = shown;
  // The task that is learnt last may never become an old one.
  const old = Math.max(...panels.flatMap(({ curves }) => curves.map(({ task }) => task + 1)));
  const note = `${shown.note}; marked: deepest gap (disc) and return to the level before (ring)`;
  const key = taskKey(tasks, width - 4, style, { note, shown: old });
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
    heading: 4.5 * text,
  });
  return {
    width,
    height: grid.height,
    description: `Accuracy on old tasks around the switches to new ones: ${panels.map(({ title }) => title).join(', ')}`,
    draw(context) {
      context.save();
      context.translate(px(2), 0);
      key.draw(context, 1);
      context.restore();
      panels.forEach((panel, i) => drawPanel(context, panel, shown, grid.cells[i], tasks.length, style));
      write(context, 'accuracy', [0.7 * text, grid.middle], {
        size: text,
        align: 'center',
        turns: 1,
        baseline: 'middle',
      });
      write(context, 'updates from the switch', [(width + 2.6 * text) / 2, grid.height - 2], { size: text, align: 'center' }); // prettier-ignore
    },
  };
}

function drawPanel(
  context: SKRSContext2D,
  panel: GapPanel,
  { before, after }: GapPanels,
  cell: GridCell,
  tasks: number,
  style: FigureStyle,
): void {
  const { text, heading } = style;
  const colors = taskColors(tasks);
  const title = fitted(panel.title, cell.width, heading, 'bold');
  write(context, title, [cell.x, cell.y - 2.9 * text], { size: heading, weight: 'bold' });
  summaryOf(panel).forEach(
    (line, i) =>
    write(context, fitted(line, cell.width, text), [cell.x, cell.y - (1.7 - 1.15 * i) * text], { size: text, color: mutedInk }), // prettier-ignore
  );
  drawPlot(context, {
    area: cell,
    style,
    x: { min: -before, max: after, named: cell.lowest, at: roundTicks(-before, after, cell.width, style) },
    y: { min: 0, max: 1, named: cell.first, at: shareTicks(cell.height, style) },
    datasets: panel.curves.map(({ task, points }) => ({
      data: [...points],
      borderColor: withOpacity(colors[task], 0.75),
      borderWidth: px(Math.max(style.hair, 0.75 * style.line)),
      borderJoinStyle: 'round',
      pointRadius: 0,
    })),
    under: (place) => rule(context, [place(0, 0), place(0, 1)], { color: mutedInk, width: style.hair, dash: [2, 2] }),
    over: (place) => drawMarked(context, panel, place, colors, cell, style),
  });
}

/** `mean depth 0.43`, `15 of 30 back, after 63`. */
function summaryOf({ depth, recovery, closed, gaps }: GapPanel): string[] {
  if (gaps === 0) return ['', 'never fell'];
  return [
    depth === null ? '' : `mean depth ${inWords(depth)}`,
    recovery === null ? `0 of ${gaps} back` : `${closed} of ${gaps} back, after ${Math.round(recovery)}`,
  ];
}

function drawMarked(
  context: SKRSContext2D,
  { marked }: GapPanel,
  place: (x: number, y: number) => Spot,
  colors: readonly string[],
  cell: GridCell,
  style: FigureStyle,
): void {
  if (!marked) return;
  const { minimum, reference, back } = marked;
  const color = colors[marked.task];
  const [lowest, level] = [place(minimum.x, minimum.y), place(minimum.x, reference)];
  rule(context, [lowest, level], { width: style.hair });
  rule(context, [[level[0] - 2, level[1]], [level[0] + 2, level[1]]], { width: style.hair }); // prettier-ignore
  disc(context, lowest, style.dot, color, { width: style.hair });
  if (back) disc(context, place(back.x, reference), style.dot, paper, { width: style.hair });
  const words = `−${inWords(reference - minimum.y)}`;
  const wide = widthOf(words, style.text);
  const below = lowest[1] + style.dot + 1.4 * style.text < cell.y + cell.height;
  // Where there is no room below, half-way down on whichever side there is.
  const right = lowest[0] + 3 + wide < cell.x + cell.width;
  const beside = right ? lowest[0] + 3 : lowest[0] - 3 - wide;
  const x = below ? Math.min(Math.max(lowest[0] - wide / 2, cell.x + 1), cell.x + cell.width - wide) : beside;
  const y = below ? lowest[1] + style.dot + 0.8 * style.text : (lowest[1] + level[1]) / 2;
  block(context, [x - 0.5, y - 0.55 * style.text], wide + 1, 1.1 * style.text, withOpacity(paper, 0.8));
  write(context, words, [x, y], { size: style.text, baseline: 'middle' });
}
