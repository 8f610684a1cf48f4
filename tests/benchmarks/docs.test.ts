import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import { augmentations, commonOptions, datasets, standaloneStreams, streamKinds } from '../../benchmarks/index.ts';

const page = readFileSync(join(packageRoot, 'docs', 'streams.md'), 'utf8').replace(/[ \t]+/g, ' ');

test('docs/streams.md gives every option of every kind with its unit, default and meaning', () => {
  for (const kind of [...streamKinds.entries, ...standaloneStreams.entries]) {
    const section = page.split(`### ${kind.name}\n`)[1]?.split('\n##')[0];
    for (const { name, unit, default: standard, description } of kind.options) {
      expect(section).toContain(`| \`${name}\` | ${unit.replaceAll('|', '\\|')} | ${standard} | ${description} |`);
    }
  }
});

test('docs/streams.md gives the options of all streams, and every mean and deviation', () => {
  for (const { name, unit, default: standard, description } of commonOptions)
    expect(page).toContain(`| \`${name}\` | ${unit.replaceAll('|', '\\|')} | ${standard} | ${description} |`);
  for (const entry of datasets.entries) {
    const { mean, std } = entry.normalization!;
    const row = page
      .split('\n')
      .find((line) => line.includes(`\`${entry.name}\``) && line.includes(` | ${mean.join(', ')} | `));
    expect(row).toContain(` | ${std.join(', ')} | `);
  }
});

test('docs/streams.md gives every augmentation', () => {
  for (const { name, description } of augmentations.entries) {
    expect(page).toContain(`| \`${name}\` | ${description} |`);
  }
});

test('docs/streams.md gives every data set with its size, download, licence, citation and home page', () => {
  for (const { name, size, licence, citation, homepage, downloadBytes } of datasets.entries) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toContain(`${size.train.toLocaleString('en')} and ${size.test.toLocaleString('en')}`);
    expect(row).toContain(downloadBytes === 0 ? 'none' : `| ${Math.round(downloadBytes / 1e6)} MB |`);
    expect(row).toContain(licence);
    expect(page).toContain(citation);
    expect(page).toContain(homepage);
  }
});
