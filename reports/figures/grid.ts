import type { Box } from '../charts/labels.ts';

/** Panels side by side in rows. Lengths are points. */
export interface GridPlan {
  readonly width: number;
  readonly count: number;
  /** A panel is not made narrower for another beside it. */
  readonly least: number;
  /** Height of a panel of a width. */
  readonly heightOf: (width: number) => number;
  /** Room around all panels, and between them. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly gapX: number;
  /** Above each panel, for its heading. */
  readonly heading: number;
}

export interface GridCell extends Box {
  /** Whether it is the first of its row, and the last of its column: those name their axes. */
  readonly first: boolean;
  readonly lowest: boolean;
}

export interface Grid {
  readonly cells: readonly GridCell[];
  readonly height: number;
  /** Half-way between the top of the first panel and the bottom of the last. */
  readonly middle: number;
}

/** As many columns as there is room for; fewer where that takes no more rows. */
export function gridOf(plan: GridPlan): Grid {
  const inner = plan.width - plan.left - plan.right;
  const most = Math.max(1, Math.min(plan.count, Math.floor((inner + plan.gapX) / (plan.least + plan.gapX))));
  const rows = Math.ceil(plan.count / most);
  const columns = Math.ceil(plan.count / rows);
  const width = (inner - (columns - 1) * plan.gapX) / columns;
  const height = plan.heightOf(width);
  const cells = Array.from({ length: plan.count }, (_, i): GridCell => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return {
      x: plan.left + column * (width + plan.gapX),
      y: plan.top + row * (height + plan.heading) + plan.heading,
      width,
      height,
      first: column === 0,
      lowest: i + columns >= plan.count,
    };
  });
  const end = plan.top + rows * (height + plan.heading);
  return { cells, height: end + plan.bottom, middle: (cells[0].y + end) / 2 };
}
