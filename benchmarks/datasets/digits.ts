import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { UserError, messageOf, packageRoot } from '../../base/index.ts';
import type { RawSamples } from '../types.ts';
import type { DatasetEntry } from './types.ts';

const PIXELS = 64;
const MAXIMUM = 16;
const CLASSES = 10;
/** Of the 3,823 training digits, computed from the file that ships. */
const normalization = { mean: [0.3077], std: [0.3773] };

/** The 5,620 handwritten digits of 8 x 8 that ship with the package, so that a first run needs no network. */
export const digits: DatasetEntry = {
  name: 'digits',
  title: 'Optical recognition of handwritten digits',
  description: 'handwritten digits of 43 people, 8 x 8 grey, 17 levels; other people wrote the test set',
  licence: 'CC BY 4.0',
  citation: 'E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998',
  homepage: 'https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits',
  shape: [8, 8, 1],
  classCount: CLASSES,
  normalization,
  size: { train: 3823, test: 1797 },
  downloadBytes: 0,
  async prepare() {},
  async load() {
    return {
      name: 'digits',
      version: 1,
      shape: [8, 8, 1],
      classNames: Array.from({ length: CLASSES }, (_, digit) => String(digit)),
      maximum: MAXIMUM,
      normalization,
      train: readShipped('optdigits.tra'),
      test: readShipped('optdigits.tes'),
    };
  },
};

function readShipped(name: string): RawSamples {
  const path = join(packageRoot, 'benchmarks', 'datasets', 'digits', name);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${messageOf(error)}; it ships with stabgap: install the package again`);
  }
  return parseDigits(text, name);
}

/**
 * Parses a table of digits: a header row, then 64 counts of 0..16 and a class of 0..9 a row.
 *
 * @param file the file's name, for errors
 * @throws UserError naming file, row (the header is row 1) and column (from 1) of the first cell that does not fit
 */
export function parseDigits(text: string, file: string): RawSamples {
  const [header, ...rows] = parseTable(text, file);
  if (header === undefined || rows.length === 0) throw new UserError(`${file}: holds no digits`);
  if (isInteger(header[0])) throw new UserError(`${file}: row 1, column 1: expected a header, got ${header[0]}`);

  const inputs = new Uint8Array(rows.length * PIXELS);
  const labels = new Uint8Array(rows.length);
  rows.forEach((cells, i) => {
    if (cells.length !== PIXELS + 1) {
      // The first column that is missing or too much.
      const column = Math.min(cells.length, PIXELS + 1) + 1;
      throw new UserError(
        `${file}: row ${i + 2}, column ${column}: the row has ${cells.length} columns, expected ${PIXELS + 1}`,
      );
    }
    for (let column = 0; column < PIXELS; column++) {
      inputs[i * PIXELS + column] = toInteger(cells[column], MAXIMUM, file, i + 2, column + 1);
    }
    labels[i] = toInteger(cells[PIXELS], CLASSES - 1, file, i + 2, PIXELS + 1);
  });
  return { inputs, labels };
}

function parseTable(text: string, file: string): string[][] {
  try {
    // The header line ends in CR LF, the others in LF.
    return parse(text, { relax_column_count: true, record_delimiter: ['\r\n', '\n'] });
  } catch (error) {
    throw new UserError(`${file}: not a CSV file: ${messageOf(error)}`);
  }
}

const isInteger = (cell: string): boolean => /^\d{1,3}$/.test(cell);

function toInteger(cell: string, maximum: number, file: string, row: number, column: number): number {
  if (isInteger(cell) && Number(cell) <= maximum) return Number(cell);
  throw new UserError(`${file}: row ${row}, column ${column}: expected an integer of 0..${maximum}, got "${cell}"`);
}
