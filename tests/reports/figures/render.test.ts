import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { loadImage, createCanvas } from '@napi-rs/canvas';
import { groupRuns } from '../../../analysis/index.ts';
import { curvePanels } from '../../../reports/charts/curves.ts';
import { curvesSheet } from '../../../reports/figures/curves.ts';
import { block, fitted, inTwoLines, rule, widthOf, wrapped, write } from '../../../reports/figures/pen.ts';
import { dotsPerInch, figureFormats, renderSheet } from '../../../reports/figures/render.ts';
import type { Sheet } from '../../../reports/figures/sheet.ts';
import { figureStyles } from '../../../reports/figures/style.ts';
import { makeExperiment } from '../fixture.ts';

const square: Sheet = {
  width: 72,
  height: 36,
  description: 'half a <black> sheet',
  draw(context) {
    block(context, [0, 0], 36, 36, '#000000');
    rule(context, [[50, 5], [60, 5]], { width: 1 }); // prettier-ignore
    write(context, 'abc', [40, 30], { size: 7 });
  },
};

const text = async (format: (typeof figureFormats)[number]) => Buffer.from(await renderSheet(square, format)).toString('latin1'); // prettier-ignore

describe('a sheet', () => {
  test('is a page of its size in PDF, of vectors, with the font in it and no date', async () => {
    const pdf = await text('pdf');
    expect(pdf).toMatch(/\/MediaBox \[0 0 72 36\]/);
    expect(pdf).toMatch(/\/FontFile2 /);
    expect(pdf).toMatch(/\/BaseFont \/[A-Z]{6}\+DejaVuSans\b/);
    expect(pdf).not.toMatch(/\/Subtype \/Image|CreationDate|ModDate|\/ID ?\[/);
  });

  test('is as large in SVG, where letters are outlines and the description is escaped', async () => {
    const svg = await text('svg');
    expect(svg).toContain('width="72pt" height="36pt" viewBox="0 0 288 144"');
    expect(svg).toContain('<title>half a &lt;black&gt; sheet</title>');
    expect(svg).not.toMatch(/<text|font-family|<image/);
  });

  test('is a bitmap that says how large it is in print', async () => {
    const png = Buffer.from(await renderSheet(square, 'png'));
    const at = png.indexOf('pHYs');
    expect([png.readUInt32BE(at + 4), png.readUInt32BE(at + 8), png[at + 12]]).toEqual([23622, 23622, 1]);
    // A reader that checks sums takes it; the left half is black, the right one is not.
    const image = await loadImage(png);
    expect([image.width, image.height]).toEqual([dotsPerInch, dotsPerInch / 2]);
    const context = createCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    expect([...context.getImageData(290, 200, 1, 1).data]).toEqual([0, 0, 0, 255]);
    expect([...context.getImageData(310, 100, 1, 1).data]).toEqual([255, 255, 255, 255]);
    expect(dotsPerInch).toBeGreaterThanOrEqual(300);
  });

  test.each(figureFormats)('has the same bytes each time in %s', async (format) => {
    const [group] = groupRuns(makeExperiment());
    const draw = () => renderSheet(curvesSheet(curvePanels(group), 234, figureStyles.paper), format);
    const [one, two] = [await draw(), await draw()];
    expect(Buffer.compare(one, two)).toBe(0);
  });
});

test('no text is smaller than 7 points on paper, and no line thinner than half a point', async () => {
  const { text: least, heading, line, hair } = figureStyles.paper;
  expect(Math.min(least, heading)).toBeGreaterThanOrEqual(7);
  expect(Math.min(line, hair)).toBeGreaterThanOrEqual(0.5);
  const pdf = Buffer.from(await renderSheet(curvesSheet(curvePanels(groupRuns(makeExperiment())[0]), 234, figureStyles.paper), 'pdf')); // prettier-ignore
  const content = streamsOf(pdf).find((stream) => stream.includes(' Tf'))!;
  const sizes = [...content.matchAll(/\/\S+ (\S+) Tf/g)].map(([, size]) => Number(size) / 4);
  expect(sizes.length).toBeGreaterThan(10);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(7);
  // Drawn in quarters of points. Bands have no outline.
  const widths = [...content.matchAll(/(?:^|\s)(\S+) w\s/g)].map(([, width]) => Number(width) / 4);
  expect(Math.min(...widths)).toBeGreaterThanOrEqual(0.5);
});

/** The streams of a PDF, inflated. */
function streamsOf(pdf: Buffer): string[] {
  const streams: string[] = [];
  for (let at = pdf.indexOf('stream\n'); at !== -1; at = pdf.indexOf('stream\n', at + 7)) {
    const end = pdf.indexOf('endstream', at);
    try {
      streams.push(inflateSync(pdf.subarray(at + 7, end)).toString('latin1'));
    } catch {
      // Ends of streams have the same word in them.
    }
  }
  return streams;
}

describe('text', () => {
  test('is cut with an ellipsis where it does not fit', () => {
    expect(fitted('short', 100, 7)).toBe('short');
    const cut = fitted('a long name of a method', 40, 7);
    expect(cut).toMatch(/^a long.*…$/);
    expect(widthOf(cut, 7)).toBeLessThanOrEqual(40);
  });

  test('is broken at spaces into lines that fit', () => {
    const lines = wrapped('bars join methods that cannot be told apart', 70, 7);
    expect(lines.join(' ')).toBe('bars join methods that cannot be told apart');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every((line) => widthOf(line, 7) <= 70)).toBe(true);
    expect(inTwoLines('er (memory=200, batches=separate, lr=0.1)', 60, 7)).toHaveLength(2);
  });
});
