import { expect, test } from 'vitest';
import { cdSheet } from '../../../reports/figures/cd.ts';
import type { CdPanel } from '../../../reports/figures/cdPanel.ts';
import { figureStyles } from '../../../reports/figures/style.ts';
import { rounded, snapshotOf, textsOf } from './snapshot.ts';

/** The example of Demšar 2006 (JMLR 7), where C4.5 is told from the two best only with less caution. */
const panel: CdPanel = {
  metric: 'AUC',
  methods: [
    { label: 'C4.5+m+cf', rank: 1.964 },
    { label: 'C4.5+m', rank: 2 },
    { label: 'C4.5+cf', rank: 2.893 },
    { label: 'C4.5', rank: 3.143 },
  ],
  seeds: 14,
  criticalDifference: 1.12,
  groups: [
    [0, 1, 2],
    [2, 3],
  ],
  p: 0.02,
  caution: null,
};

test('mean ranks with bars that join what cannot be told apart', async () => {
  const sheet = cdSheet(panel, 234, figureStyles.paper);
  await expect(rounded(sheet)).toMatchFileSnapshot(snapshotOf('cd'));
});

test('the best ranks are to the right, and the difference is as long as on the axis', () => {
  const svg = rounded(cdSheet(panel, 234, figureStyles.paper));
  const found = [...svg.matchAll(/<text [^>]*translate\((\S+) [^>]*>([^<]*)</g)];
  const at = new Map(found.map(([, x, text]) => [text.trim(), Number(x)]));
  expect(at.get('1')).toBeGreaterThan(at.get('4')!);
  expect(at.get('C4.5+m')).toBeGreaterThan(at.get('C4.5')!);
  const levels = [...svg.matchAll(/ d="M(\S+) (\S+)L(\S+) \2"/g)].map(([, from, , to]) => Number(to) - Number(from));
  const expected = (1.12 * (at.get('1')! - at.get('4')!)) / 3;
  expect(levels.some((length) => Math.abs(length - expected) < 0.3)).toBe(true);
  const texts = textsOf(cdSheet(panel, 234, figureStyles.paper));
  expect(texts).toContain('CD = 1.12');
  expect(texts).toContain('Friedman (Iman–Davenport): p = 0.020');
});

test('a difference beyond all ranks is told, not drawn', () => {
  const texts = textsOf(cdSheet({ ...panel, criticalDifference: 3.3, caution: '2 seeds can never tell' }, 234, figureStyles.paper)); // prettier-ignore
  expect(texts.join(' ')).toContain('critical difference 3.30');
  expect(texts).toContain('2 seeds can never tell');
  expect(texts.some((text) => text.startsWith('CD = '))).toBe(false);
});
