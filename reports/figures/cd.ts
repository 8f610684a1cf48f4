import type { SKRSContext2D } from '@napi-rs/canvas';
import { accent, mutedInk } from '../charts/theme.ts';
import type { CdPanel } from './cdPanel.ts';
import { inTwoLines, rule, widthOf, wrapped, write, writeLines } from './pen.ts';
import type { Sheet } from './sheet.ts';
import type { FigureStyle } from './style.ts';

/**
 * A critical-difference diagram in Demšar's form: mean ranks on an axis whose best end is to the right, bars joining methods that cannot be told
 * apart, and the critical difference as a length above.
 */
export function cdSheet(panel: CdPanel, width: number, style: FigureStyle): Sheet {
  const { text } = style;
  const { methods, groups, criticalDifference, seeds, p, caution } = panel;
  const count = methods.length;
  const labels = methods.map(({ label, rank }) => {
    const name = inTwoLines(label, 0.24 * width, text);
    return { name, wide: Math.max(...name.map((line) => widthOf(line, text))) + 0.6 * text, rank: rank.toFixed(2) };
  });
  const wide = Math.max(...labels.map((label) => label.wide + widthOf(label.rank, text))) + 2;
  const [left, right] = [wide + 4, width - wide - 4];
  const at = (rank: number): number => right - ((rank - 1) / (count - 1)) * (right - left);
  // The length of a difference beyond all possible ones would leave the sheet.
  const drawn = criticalDifference <= count - 1;
  const said = [
    `mean ranks of ${panel.metric} over ${seeds} seeds, best to the right`,
    `Friedman (Iman–Davenport): ${p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`}${drawn ? '' : `; critical difference ${criticalDifference.toFixed(2)}`}`,
    groups.length > 0 && 'bars join methods that Nemenyi’s test cannot tell apart at 0.05',
    caution,
  ];
  const lines = said.filter((part) => typeof part === 'string').flatMap((part) => wrapped(part, width - 4, text));
  const axis = (drawn ? 2.6 * text : 0) + 1.6 * text;
  const [between, row] = [0.7 * text, (labels.some(({ name }) => name.length > 1) ? 2.6 : 1.45) * text];
  const first = axis + (groups.length + 1) * between + 0.9 * text;
  const onRight = Math.ceil(count / 2);
  const bottom = first + (onRight - 1) * row + 0.6 * text;
  const height = bottom + 0.9 * text + lines.length * 1.25 * text + 2;
  return {
    width,
    height,
    description: `Critical-difference diagram, mean ranks: ${methods.map(({ label, rank }) => `${label} ${rank.toFixed(2)}`).join(', ')}`,
    draw(context) {
      drawAxis(context, { at, count, axis, between: right - left }, style);
      if (drawn) drawDifference(context, criticalDifference, { at, count, y: 1.6 * text }, style);
      methods.forEach(({ rank }, i) => {
        const best = i < onRight;
        const y = first + (best ? i : count - 1 - i) * row;
        const edge = best ? right + 3 : left - 3;
        rule(context, [[at(rank), axis], [at(rank), y], [edge, y]], { width: style.hair }); // prettier-ignore
        const { name, wide: after, rank: figure } = labels[i];
        const near = best ? edge + 2 : edge - 2;
        const look = { size: text, align: best ? 'left' : 'right' } as const;
        writeLines(context, name, [near, y], look);
        writeLines(context, [figure], [best ? near + after : near - after, y], { ...look, color: mutedInk });
      });
      groups.forEach((group, i) => {
        const y = axis + (i + 1) * between;
        const [best, worst] = [methods[group[0]].rank, methods[group.at(-1)!].rank];
        rule(context, [[at(worst) - 2, y], [at(best) + 2, y]], { color: accent, width: 2.4 * style.line }); // prettier-ignore
      });
      lines.forEach((line, i) => {
        const y = height - 2 - (lines.length - 1 - i) * 1.25 * text;
        write(context, line, [width / 2, y], { size: text, align: 'center', color: mutedInk });
      });
    },
  };
}

interface RankAxis {
  readonly at: (rank: number) => number;
  readonly count: number;
}

function drawAxis(
  context: SKRSContext2D,
  { at, count, axis, between }: RankAxis & { axis: number; between: number },
  { text, hair }: FigureStyle,
): void {
  rule(context, [[at(count), axis], [at(1), axis]], { width: hair }); // prettier-ignore
  // Named as densely as names have room.
  const step = Math.max(1, Math.ceil((2.2 * text) / (between / (count - 1))));
  for (let rank = 1; rank <= count; rank++) {
    rule(context, [[at(rank), axis], [at(rank), axis - 3]], { width: hair }); // prettier-ignore
    if ((rank - 1) % step === 0) write(context, String(rank), [at(rank), axis - 4.5], { size: text, align: 'center' });
  }
}

/** The critical difference as a length on the scale of the axis. */
function drawDifference(
  context: SKRSContext2D,
  difference: number,
  { at, count, y }: RankAxis & { y: number },
  { text, line }: FigureStyle,
): void {
  const [from, to] = [at(count), at(count - difference)];
  rule(context, [[from, y], [to, y]], { width: line }); // prettier-ignore
  for (const x of [from, to]) rule(context, [[x, y - 2], [x, y + 2]], { width: line }); // prettier-ignore
  write(context, `CD = ${difference.toFixed(2)}`, [(from + to) / 2, y - 3], { size: text, align: 'center' });
}
