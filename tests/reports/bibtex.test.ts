import { expect, test } from 'vitest';
import { methods } from '../../methods/index.ts';
import { bibtexOf } from '../../reports/bibtex.ts';

test('an entry says where the paper is, and makes up neither authors nor its title', () => {
  expect(bibtexOf({ name: 'er', title: 'Experience Replay', paper: 'arXiv:1902.10486' })).toBe(`@misc{er,
  title = {Experience Replay},
  eprint = {1902.10486},
  archivePrefix = {arXiv},
  year = {2019},
  url = {https://arxiv.org/abs/1902.10486},
  note = {title: the name of the method; the paper’s title and authors are to be filled in},
}`);
});

test('every method has an entry with balanced braces and a place, under a key of its own', () => {
  const entries = methods.map(bibtexOf);
  for (const entry of entries) {
    expect(entry.split('{').length).toBe(entry.split('}').length);
    expect(entry).toMatch(/\n {2}(eprint|doi|howpublished) = \{[^{}]+\},\n/);
    expect(entry).not.toContain('author =');
  }
  expect(new Set(entries.map((entry) => entry.split(',')[0])).size).toBe(methods.length);
});
