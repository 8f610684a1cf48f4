import { describe, expect, test } from 'vitest';
import { groupRuns } from '../../../analysis/index.ts';
import { meanAndStd } from '../../../metrics/index.ts';
import { cellText, matrixPanels, matrixSheet, shadeOf } from '../../../reports/figures/matrix.ts';
import { figureStyles } from '../../../reports/figures/style.ts';
import { makeExperiment, smallPlan } from '../fixture.ts';
import { rounded, snapshotOf, textsOf } from './snapshot.ts';

const experiment = makeExperiment();
const panels = matrixPanels(groupRuns(experiment)[0]);

test('a heat map a method, with the untrained model on top', async () => {
  const sheet = matrixSheet(panels, 234, figureStyles.paper);
  await expect(rounded(sheet)).toMatchFileSnapshot(snapshotOf('matrix'));
});

test('cells are means over seeds', () => {
  expect(panels.after).toEqual([-1, 0, 1, 2]);
  const own = experiment.runs.filter(({ record }) => record.method.label === 'er');
  expect(panels.panels[1].cells[3][1]).toBe(meanAndStd(own.map(({ matrix }) => matrix.rows[2]![1])).mean);
});

describe('values', () => {
  test('have three characters', () => {
    expect([0, 0.976, 0.994, 0.996, 1].map(cellText)).toEqual(['.00', '.98', '.99', '1.0', '1.0']);
  });

  test('stand in the cells, or nowhere where they do not fit', () => {
    expect(textsOf(matrixSheet(panels, 234, figureStyles.paper)).filter((text) => /^\.\d\d$/.test(text))).toHaveLength(2 * 12); // prettier-ignore
    const many = makeExperiment({
      ...smallPlan,
      tasks: Array.from({ length: 20 }, (_, i) => `t${i}`),
      updatesPerTask: 8,
    });
    const sheet = matrixSheet(matrixPanels(groupRuns(many)[0]), 234, figureStyles.paper);
    expect(textsOf(sheet).filter((text) => /^\.\d\d$/.test(text))).toEqual([]);
  });
});

test('shades grow darker all the way', () => {
  const light = (color: string) => [1, 3, 5].reduce((sum, at) => sum + parseInt(color.slice(at, at + 2), 16), 0);
  const shades = Array.from({ length: 101 }, (_, i) => light(shadeOf(i / 100)));
  expect(shades.every((shade, i) => i === 0 || shade < shades[i - 1])).toBe(true);
  expect(shadeOf(0)).toBe('#ffffff');
});
