import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../base/index.ts';
import type { Imported } from '../../logs/importers/importer.ts';
import { importLogs, importers } from '../../logs/importers/registry.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { importerCases } from './importers/cases.ts';
import type { ImporterCase } from './importers/case.ts';
import { factsOf, notesOf, valueAt } from './importers/facts.ts';
import { mutations, prefixes, type Mutation } from './importers/mutations.ts';

/** Writes the files of a case, one of them with another content, and returns what to import. */
function written({ files, open }: ImporterCase, changes: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries({ ...files, ...changes })) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return join(folder, open);
}

const targetOf = ({ files, target }: ImporterCase): string => target ?? Object.keys(files)[0];

/** What became of a broken file: what was read, or the message of the error for people. Any other error fails the test. */
function outcome(path: string, { format, options }: ImporterCase): readonly Imported[] | string {
  try {
    return importLogs(path, { ...options, format });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

/** What is wrong with an outcome: an error that does not help, or values that are not in the whole file though no note says what was changed. */
function faultsOf(
  broken: readonly Imported[] | string,
  whole: readonly Imported[],
  path: string,
  allows: Mutation['allows'],
): string[] {
  if (typeof broken === 'string') {
    const helps = broken.includes(path) && broken.length < 1000 + path.length && !broken.includes('\n');
    return helps ? [] : [`an error that is long, of several lines or does not name ${path}: ${broken.slice(0, 300)}`];
  }
  const [before, after] = [factsOf(whole), factsOf(broken)];
  const told = notesOf(broken).some((note) => !notesOf(whole).includes(note));
  const wrong = [...after].filter(([key, value]) => before.get(key) !== value);
  return [
    ...(told ? [] : wrong.map(([key, value]) => `${key} is ${value}, not ${before.get(key)}`)),
    ...(allows === 'same' && after.size !== before.size ? [`${after.size} values instead of ${before.size}`] : []),
    ...(allows === 'refused' && after.size >= before.size ? ['it was read as if it were whole'] : []),
  ];
}

test('every importer has a case', () => {
  const covered = new Set(importerCases.map(({ format }) => format));
  expect(importers.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
});

describe.each(importerCases)('$format $title', (each) => {
  const target = targetOf(each);
  const text = each.files[target];
  const whole = written(each);

  test('is known by its content, and read as it is', () => {
    const found = importLogs(whole, each.options);
    expect(found[0].format).toBe(each.format);
    for (const [place, value] of Object.entries(each.values))
      expect(valueAt(found, place), place).toBeCloseTo(value, 12);
    expect(text.split(each.number)).toHaveLength(2);
  });

  const read = importLogs(whole, { ...each.options, format: each.format });

  const broken = mutations.flatMap((mutation) => {
    const changed = mutation.apply({ text, number: each.number, delimiter: each.delimiter });
    return changed === null ? [] : [{ ...mutation, changed }];
  });

  test.each(broken)('$name', ({ changed, allows }) => {
    const path = written(each, { [target]: changed });
    const found = outcome(path, each);
    expect(changed).not.toBe(text);
    expect(faultsOf(found, read, path, allows)).toEqual([]);
  });

  test('cut off anywhere', () => {
    const faults = prefixes(text).flatMap((prefix) => {
      const path = written(each, { [target]: prefix });
      return faultsOf(outcome(path, each), read, path, 'subset').map((fault) => `${prefix.slice(-30)}| ${fault}`);
    });
    expect(faults).toEqual([]);
  });
});
