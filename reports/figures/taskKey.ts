import type { SKRSContext2D } from '@napi-rs/canvas';
import { taskColors } from '../charts/theme.ts';
import { block, fitted, widthOf, wrapped, write } from './pen.ts';
import type { FigureStyle } from './style.ts';

interface Entry {
  readonly x: number;
  readonly row: number;
  readonly text: string;
  readonly colors: readonly string[];
}

/** The colours of tasks, with their names. */
export interface TaskKey {
  /** In points. */
  readonly height: number;
  draw(context: SKRSContext2D, y: number): void;
}

/** More tasks than these have colours in order: naming the first and the last tells enough. */
const most = 12;

/**
 * A key in rows of at most a width.
 * @param note what it says after the tasks
 * @param shown how many of the tasks are drawn: the first ones
 */
export function taskKey(
  tasks: readonly string[],
  width: number,
  style: FigureStyle,
  { note, shown = tasks.length }: { readonly note: string; readonly shown?: number },
): TaskKey {
  const colors = taskColors(tasks.length).slice(0, shown);
  const [swatch, space, row] = [style.text, style.text, style.text * 1.5];
  const wanted =
    shown <= most
      ? colors.map((color, i) => ({ text: tasks[i], colors: [color] }))
      : [{ text: `tasks ${tasks[0]} to ${tasks[shown - 1]}, in order`, colors }];
  for (const line of wrapped(note, width, style.text)) wanted.push({ text: line, colors: [] });
  const entries: Entry[] = [];
  let [x, line] = [0, 0];
  for (const { text, colors: own } of wanted) {
    const before = own.length === 0 ? 0 : Math.max(swatch, Math.min(40, own.length * 2)) + 2;
    const named = fitted(text, width - before, style.text);
    const length = before + widthOf(named, style.text);
    if (x > 0 && x + length > width) [x, line] = [0, line + 1];
    entries.push({ x, row: line, text: named, colors: own });
    x += length + space;
  }
  return {
    height: (line + 1) * row,
    draw(context, y) {
      for (const entry of entries) {
        const top = y + entry.row * row;
        const before = entry.colors.length === 0 ? 0 : Math.max(swatch, Math.min(40, entry.colors.length * 2));
        entry.colors.forEach((color, i) => {
          const part = before / entry.colors.length;
          block(context, [entry.x + i * part, top + row / 2 - 1.25], part, 2.5, color);
        });
        write(context, entry.text, [entry.x + before + (before ? 2 : 0), top + row / 2], {
          size: style.text,
          baseline: 'middle',
        });
      }
    },
  };
}
