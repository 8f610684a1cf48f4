import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Group } from '../../analysis/index.ts';
import { mutedInk, paper } from '../charts/theme.ts';
import { meanMatrix } from '../matrix.ts';
import { gridOf, type GridCell } from './grid.ts';
import { block, fitted, rule, widthOf, write } from './pen.ts';
import type { Sheet } from './sheet.ts';
import type { FigureStyle } from './style.ts';

/** Accuracy matrices of several methods. */
export interface MatrixPanels {
  readonly tasks: readonly string[];
  /** Rows: -1 for the untrained model, else the task just trained. All panels have them. */
  readonly after: readonly number[];
  readonly panels: readonly {
    readonly title: string;
    /** `[row][task]`, means over seeds; null where no run has it. */
    readonly cells: readonly (readonly (number | null)[])[];
  }[];
  readonly note: string;
}

export function matrixPanels({ series, tasks }: Group): MatrixPanels {
  const matrices = series.map(({ runs }) => meanMatrix(runs, tasks.length));
  const after = [-1, ...tasks.keys()].filter((row) => matrices.some((matrix) => matrix.after.includes(row)));
  const seeds = Math.max(...series.map(({ runs }) => runs.length));
  return {
    tasks,
    after,
    panels: series.map(({ label }, i) => ({
      title: label,
      cells: after.map((row) => matrices[i].cells[matrices[i].after.indexOf(row)] ?? tasks.map(() => null)),
    })),
    note: seeds === 1 ? 'one seed' : `mean of ${seeds} seeds`,
  };
}

/** A heat map a method: accuracy on each task after training each, the untrained model on top. Values stand in the cells where they fit. */
export function matrixSheet({ tasks, after, panels, note }: MatrixPanels, width: number, style: FigureStyle): Sheet {
  const { text } = style;
  const rowNames = after.map((row) => (row === -1 ? 'untrained' : tasks[row]));
  const left = Math.min(0.38 * width, 1.6 * text + Math.max(...rowNames.map((name) => widthOf(name, text))) + 3);
  const valueWidth = widthOf('.00', text) + 0.5 * text;
  const columnNames = Math.max(...tasks.map((name) => widthOf(name, text)));
  // Where values fit in no panel, colours alone tell, and can do so in little room.
  const valued = tasks.length * valueWidth <= width - left - 2;
  const heightOf = (each: number): number =>
    after.length * (valued ? 1.5 * text : Math.min(1.5 * text, each / tasks.length));
  const plan = (bottom: number) => ({
    width,
    count: panels.length,
    least: valued ? Math.max(8 * text, tasks.length * valueWidth) : 11 * text,
    heightOf,
    left,
    right: 2,
    top: 1.8 * text,
    bottom,
    gapX: text,
    heading: 2 * text,
  });
  const each = gridOf(plan(0)).cells[0].width / tasks.length;
  const turned = columnNames > each - 2;
  const names = turned ? Math.min(columnNames, 8 * text) + 4 : 1.5 * text;
  const grid = gridOf(plan(names + 1.8 * text));
  return {
    width,
    height: grid.height,
    description: `Accuracy on each task after training each: ${panels.map(({ title }) => title).join(', ')}`,
    draw(context) {
      drawKey(context, width, note, style);
      panels.forEach(({ title, cells }, i) => {
        const cell = grid.cells[i];
        write(context, fitted(title, cell.width, style.heading, 'bold'), [cell.x, cell.y - 0.45 * text], { size: style.heading, weight: 'bold' }); // prettier-ignore
        drawMatrix(context, cells, cell, { after, valueWidth, style });
        if (cell.first) drawRowNames(context, rowNames, cell, left, style);
        if (cell.lowest)
          tasks.forEach((name, task) => {
            const x = cell.x + ((task + 0.5) * cell.width) / tasks.length;
            const y = cell.y + cell.height + 3;
            if (turned && task % Math.ceil((1.1 * text) / each) !== 0) return;
            if (turned)
              write(context, fitted(name, 8 * text, text), [x, y], { size: text, align: 'right', baseline: 'middle', turns: 1 }); // prettier-ignore
            else write(context, name, [x, y], { size: text, align: 'center', baseline: 'top' });
          });
      });
      write(context, 'after training', [0.8 * text, grid.middle], { size: text, align: 'center', turns: 1, baseline: 'middle' }); // prettier-ignore
      write(context, 'accuracy on', [(width + left) / 2, grid.height - 2], { size: text, align: 'center' });
    },
  };
}

function drawMatrix(
  context: SKRSContext2D,
  cells: MatrixPanels['panels'][number]['cells'],
  area: GridCell,
  { after, valueWidth, style }: { after: readonly number[]; valueWidth: number; style: FigureStyle },
): void {
  const [wide, high] = [area.width / cells[0].length, area.height / after.length];
  cells.forEach((row, i) =>
    row.forEach((value, task) => {
      if (value === null) return;
      const [x, y] = [area.x + task * wide, area.y + i * high];
      // A little over the edge, where neighbours would leave a hairline between them.
      block(context, [x, y], wide + (task + 1 < row.length ? 0.1 : 0), high + (i + 1 < cells.length ? 0.1 : 0), shadeOf(value)); // prettier-ignore
      if (wide < valueWidth - 0.01) return;
      const color = value > 0.6 ? paper : undefined;
      write(context, cellText(value), [x + wide / 2, y + high / 2], { size: style.text, align: 'center', baseline: 'middle', color }); // prettier-ignore
    }),
  );
  const corners = [
    [area.x, area.y],
    [area.x + area.width, area.y],
    [area.x + area.width, area.y + area.height],
    [area.x, area.y + area.height],
    [area.x, area.y],
  ] as const;
  rule(context, corners, { width: style.hair });
  if (after[0] === -1)
    rule(context, [[area.x, area.y + high], [area.x + area.width, area.y + high]], { width: style.hair }); // prettier-ignore
}

function drawRowNames(
  context: SKRSContext2D,
  names: readonly string[],
  area: GridCell,
  left: number,
  { text }: FigureStyle,
): void {
  const high = area.height / names.length;
  // Rows lower than a letter would have names over one another.
  const step = Math.ceil((1.1 * text) / high);
  names.forEach((name, row) => {
    if (row % step !== 0) return;
    const shown = fitted(name, left - 1.6 * text - 2, text);
    const y = area.y + (row + 0.5) * high;
    write(context, shown, [area.x - 3, y], { size: text, align: 'right', baseline: 'middle' });
  });
}

/** Two decimals in three characters: `.98`, `1.0`. */
export function cellText(value: number): string {
  const text = value.toFixed(2);
  return text.startsWith('0') ? text.slice(1) : text.slice(0, 3);
}

/** Stops from white to a dark blue: one hue, so that grey prints and all kinds of colour vision keep the order. */
const stops = [
  [255, 255, 255],
  [158, 202, 225],
  [33, 113, 181],
  [8, 48, 107],
];

export function shadeOf(share: number): string {
  const scaled = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const from = Math.min(Math.floor(scaled), stops.length - 2);
  const channels = stops[from].map((value, c) => Math.round(value + (scaled - from) * (stops[from + 1][c] - value)));
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function drawKey(context: SKRSContext2D, width: number, note: string, { text, hair }: FigureStyle): void {
  const [steps, long, y] = [40, 50, 0.4 * text];
  write(context, '0', [2, y + 0.5 * text], { size: text, baseline: 'middle' });
  const start = 2 + widthOf('0', text) + 2;
  for (let i = 0; i < steps; i++)
    block(context, [start + (i * long) / steps, y], long / steps + 0.1, text, shadeOf(i / (steps - 1)));
  rule(context, [[start, y], [start + long, y], [start + long, y + text], [start, y + text], [start, y]], { width: hair }); // prettier-ignore
  const words = fitted(`1   accuracy, ${note}`, width - start - long - 4, text);
  write(context, words, [start + long + 2, y + 0.5 * text], { size: text, baseline: 'middle', color: mutedInk });
}
