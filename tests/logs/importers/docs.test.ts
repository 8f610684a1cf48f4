import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { importers } from '../../../logs/importers/registry.ts';
import { importText } from './reading.ts';

const page = readFileSync(join(packageRoot, 'docs/importing.md'), 'utf8');
const section = (title: string): string => page.split(`\n## ${title}\n`)[1].split('\n## ')[0];

test.each(['tidy', 'wide', 'matrix'])('the example of %s in docs/importing.md is read as that', (title) => {
  const found = importText(section(title).split('```\n')[1]);
  expect(found.format).toBe(title);
  expect(found.log?.tasks ?? found.matrix?.tasks).toEqual(
    title === 'matrix' ? ['0/1', '2/3', '4/5'] : ['gsm8k', 'mmlu'],
  );
});

test('every format has a row in the table and a section of its own', () => {
  for (const { name } of importers) {
    expect(page).toContain(`\n| \`${name}\``);
    expect(section(name).trim()).not.toBe('');
  }
});

/** The names that the section on tidy tables lists for a role. */
const namesOf = (what: string): string[] => {
  const cells = section('tidy')
    .split('\n')
    .find((line) => line.startsWith(`| ${what} `))!
    .split('|');
  return [...cells[2].matchAll(/`([^`]+)`/g)].map(([, name]) => name);
};
const usual = {
  step: 'step',
  task: 'task',
  value: 'value',
  'standard error': 'stderr',
  'number of items': 'count',
  'the task in training': 'training_task',
  metric: 'metric',
};

test.each(Object.entries(usual))('%s: every name that docs/importing.md lists is known', (what, role) => {
  const header = ['step', 'task', 'value', 'stderr', 'count', 'training_task', 'metric'];
  const names = namesOf(what);
  expect(names.length).toBeGreaterThan(2);
  const rows = '1,a,0.5,0.25,8,b,m';
  const expected = importText(`${header.join(',')}\n${rows}\n`);
  for (const name of names) {
    if (name === 'acc_stderr') continue;
    const { log, notes } = importText(`${header.map((each) => (each === role ? name : each)).join(',')}\n${rows}\n`, {
      better: 'higher',
    });
    expect(log, name).toEqual(expected.log);
    expect(notes, name).toEqual([]);
  }
});
