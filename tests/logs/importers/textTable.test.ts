import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../base/index.ts';
import { scanRows } from '../../../logs/importers/tables/rowScan.ts';
import { openSource } from '../../../logs/importers/shared/source.ts';
import { glanceAt } from '../../../logs/importers/tables/textTable.ts';
import { fileOf } from '../files.ts';

function rowsOf(text: string): { cells: readonly string[]; row: number }[] {
  const rows: { cells: readonly string[]; row: number }[] = [];
  scanRows('f.csv', text, ',', (cells, row) => rows.push({ cells: [...cells], row }));
  return rows;
}

describe('rows', () => {
  const cell = fc.oneof(
    fc.stringMatching(/^[a-z0-9. ]{0,4}$/),
    fc.constantFrom('a,b', 'say "x"', 'two\nlines', '"', ','),
  );
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) => fc.array(fc.tuple(...Array.from({ length: width }, () => cell)), { minLength: 1 }));
  const lineEnd = fc.constantFrom('\n', '\r\n');

  test('with quotes of any kind are those that csv-parse reads', () => {
    fc.assert(
      fc.property(table, lineEnd, fc.boolean(), (cells, end, quoteAll) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const lines = cells.map((row) =>
          row.map((text) => (quoteAll || /[",\n]/.test(text) ? quoted(text) : text)).join(','),
        );
        const text = `${lines.join(end)}${end}`;
        fc.pre(lines.every((line) => line.trim() !== ''));
        const expected = parse(text, { relax_column_count: true, info: true }) as unknown as {
          record: string[];
          info: { lines: number };
        }[];
        expect(rowsOf(text)).toEqual(expected.map(({ record, info }) => ({ cells: record, row: info.lines })));
      }),
    );
  });

  test('below a cell of several lines are still counted as an editor counts', () => {
    expect(rowsOf('a,b\n"x",1\n"two\nlines",2\ny,3\n')).toEqual([
      { cells: ['a', 'b'], row: 1 },
      { cells: ['x', '1'], row: 2 },
      { cells: ['two\nlines', '2'], row: 4 },
      { cells: ['y', '3'], row: 5 },
    ]);
  });

  test.each([
    ['that opens within a cell', 'a,b\n1,2\nx"y,3\n', 'row 3: a quote stands within a cell'],
    ['that never closes', 'a,b\n1,2\n"x,3\n4,5\n', 'row 3: a quote opens and never closes'],
  ])('with a quote %s are refused', (_, text, message) => {
    expect(() => rowsOf(text)).toThrow(UserError);
    expect(() => rowsOf(text)).toThrow(message);
  });
});

describe('a glance', () => {
  const glance = (text: string) => glanceAt(openSource(fileOf(text)));
  test('sees the header and the first rows, by the delimiter of the header', () => {
    expect(glance('a;b\n1;2\n3;4\n')).toEqual({ columns: ['a', 'b'], rows: [['1', '2'], ['3', '4']] }); // prettier-ignore
    expect(glance('\n a\tb \n1\t2\n')).toEqual({ columns: ['a', 'b'], rows: [['1', '2']] });
  });
  test('leaves out a last row that may be cut off', () => {
    expect(glance('a,b\n1,2\n3,')).toEqual({ columns: ['a', 'b'], rows: [['1', '2']] });
    expect(glance('a,b')).toEqual({ columns: ['a', 'b'], rows: [] });
  });
  test('sees no more than a dozen lines', () => {
    expect(glance(`a,b\n${'1,2\n'.repeat(1000)}`)!.rows).toHaveLength(10);
  });
  test('sees nothing in an empty file, in one with a broken quote and in a folder, and never throws', () => {
    expect(glance('')).toBeNull();
    expect(glance('\n \n')).toBeNull();
    expect(glance('a,b"c\n1,2\n')).toBeNull();
    expect(glanceAt(openSource(import.meta.dirname))).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => void glance(text)));
  });
});
