import { arrows, cellNumbers, markSigns } from './numbers.ts';
import type { PaperTable, TableCell } from './types.ts';

/** A cell as it is printed, before it is put into a language of markup. */
export interface PrintedCell {
  /** `–` where no seed has a value. */
  readonly mean: string;
  readonly spread: string | null;
  readonly place: TableCell['place'];
  readonly mark: string;
}

/** A table as it is printed. */
export interface Layout {
  /** Without that of the methods. */
  readonly heads: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly PrintedCell[] }[];
}

/** The columns of a table; with that of the numbers of seeds where methods have unlike ones. Cross tables say it in a note. */
export function layoutOf({ columns, rows, sources, style }: PaperTable): Layout {
  const cross = sources.length > 1;
  const seeds = rows.map(({ cells }) => cells.find((cell) => cell !== null)?.runs ?? 0);
  const withSeeds = !cross && new Set(seeds).size > 1;
  return {
    heads: [...(withSeeds ? ['seeds'] : []), ...columns.map(({ head, direction }) => `${head} ${arrows[direction]}`)],
    rows: rows.map(({ label, cells }, i) => ({
      label,
      cells: [
        ...(withSeeds ? [plain(String(seeds[i]))] : []),
        ...cells.map((cell, j) => {
          const numbers = cellNumbers(cell, columns[j].unit, style);
          if (!numbers) return plain('–');
          return { ...numbers, place: cell!.place, mark: cell!.mark === null ? '' : markSigns[cell!.mark] };
        }),
      ],
    })),
  };
}

const plain = (mean: string): PrintedCell => ({ mean, spread: null, place: null, mark: '' });
