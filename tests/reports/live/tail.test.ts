import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { array, assert, constantFrom, integer, nat, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { createTail } from '../../../reports/live/tail.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

let count = 0;
const folder = temporaryFolder();
const newFile = (content = ''): string => {
  const path = join(folder, `${count++}.csv`);
  writeFileSync(path, content);
  return path;
};
const nothing = { anew: false, lines: [], more: false };

test('a torn last line is left until it is whole, and nothing is read twice', () => {
  const path = newFile('a\nb');
  const tail = createTail(path);
  expect(tail.look()).toEqual({ anew: false, lines: ['a'], more: false });
  expect(tail.look()).toEqual(nothing);
  appendFileSync(path, 'c\r\n');
  expect(tail.look()).toEqual({ anew: false, lines: ['bc'], more: false });
});

test('however the bytes of a file come in, and however few are read at a time, its lines are those of the whole', () => {
  const text = array(string({ unit: constantFrom('a', 'é', '€', '😀', ','), maxLength: 6 }), {
    minLength: 1,
    maxLength: 20,
  });
  assert(
    property(text, array(nat({ max: 20 }), { maxLength: 20 }), integer({ min: 32, max: 64 }), (lines, sizes, limit) => {
      const bytes = Buffer.from(`${lines.join('\n')}\n`);
      const path = newFile();
      const tail = createTail(path, limit);
      const found: string[] = [];
      let at = 0;
      for (const size of [...sizes, bytes.length]) {
        appendFileSync(path, bytes.subarray(at, at + size));
        at += size;
        const look = tail.look();
        expect(look.anew).toBe(false);
        found.push(...look.lines);
      }
      for (let more = true; more;) {
        const look = tail.look();
        found.push(...look.lines);
        more = look.more;
      }
      expect(found).toEqual(lines);
    }),
    { numRuns: 100 },
  );
});

test('a file that is not there yet, or no longer, has no lines', () => {
  const path = join(folder, 'later.csv');
  const tail = createTail(path);
  expect(tail.look()).toEqual(nothing);
  writeFileSync(path, 'a\n');
  expect(tail.look().lines).toEqual(['a']);
  rmSync(path);
  expect(tail.look()).toEqual({ anew: true, lines: [], more: false });
  expect(tail.look()).toEqual(nothing);
});

const changes: Readonly<Record<string, (path: string) => void>> = {
  'cut to nothing and begun anew': (path) => writeFileSync(path, 'new\n'),
  'written anew in place, and longer than before': (path) => writeFileSync(path, `new\n${'x'.repeat(2000)}\n`),
  'changed at its head alone': (path) => writeFileSync(path, `new\n${'old\n'.repeat(200)}`),
  'changed at its end alone': (path) => writeFileSync(path, `old\n${'old\n'.repeat(198)}new\nold\n`),
  'replaced by another of the same start': (path) => {
    writeFileSync(`${path}.new`, `${'old\n'.repeat(200)}new\n`);
    renameSync(`${path}.new`, path);
  },
};

test.each(Object.entries(changes))('a file that was %s is read from its start', (_, change) => {
  const path = newFile('old\n'.repeat(200));
  const tail = createTail(path);
  expect(tail.look().lines).toHaveLength(200);
  change(path);
  const { anew, lines } = tail.look();
  expect(anew).toBe(true);
  expect(lines).toContain('new');
  expect(tail.look()).toEqual(nothing);
});

test('a file that is cut, as when a run goes on from a checkpoint, is read from its start', () => {
  const path = newFile('a\nb\nc\n');
  const tail = createTail(path);
  tail.look();
  truncateSync(path, 4);
  expect(tail.look()).toEqual({ anew: true, lines: ['a', 'b'], more: false });
});

test('a line without an end is an error, not a file that is read for ever', () => {
  const tail = createTail(newFile('x'.repeat(100)), 50);
  expect(() => tail.look()).toThrow('a line is longer than 50 bytes');
  expect(tail.look()).toEqual(nothing);
});
