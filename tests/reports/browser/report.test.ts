import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { readExperiment } from '../../../logs/index.ts';
import { renderReport } from '../../../reports/index.ts';
import { makeExperiment, smallPlan } from '../fixture.ts';
import { hasBrowser, launch, open } from './open.ts';
import type { Opened } from './open.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const demo = process.env.STABGAP_DEMO ?? join(packageRoot, 'runs', 'demo');
const reports = [
  { name: 'a small experiment', make: () => makeExperiment({ ...smallPlan, seeds: [1, 2, 3] }), there: true },
  { name: 'the demo', make: () => readExperiment(demo), there: existsSync(join(demo, 'experiment.json')) },
];

async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await checker.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}

async function draw(page: Page): Promise<Locator> {
  const plot = page.locator('[data-chart]').first();
  await plot.scrollIntoViewIfNeeded();
  await plot.locator('canvas').waitFor();
  return plot;
}

describe.skipIf(!hasBrowser).each(reports.filter(({ there }) => there))(
  'the report of $name in a browser',
  ({ make }) => {
    let folder: string;
    let file: string;
    let browser: Browser;
    let wide: Opened;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'stabgap-page-'));
      file = join(folder, 'report.html');
      writeFileSync(file, await renderReport(make()));
      browser = await launch();
      wide = await open(browser, file);
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test('draws charts only where they come into view', async () => {
      const { page } = await open(browser, file, { viewport: { width: 1200, height: 400 } });
      expect(await page.locator('canvas').count()).toBe(0);
      await draw(page);
      const [drawn, all] = [await page.locator('canvas').count(), await page.locator('[data-chart]').count()];
      expect(drawn).toBeGreaterThan(0);
      expect(drawn).toBeLessThan(all);
    });

    test('zooms where it is dragged and back again', async () => {
      const { page } = wide;
      const plot = await draw(page);
      const box = (await plot.locator('.u-over').boundingBox())!;
      const reset = plot.getByRole('button', { name: 'whole range' });
      expect(await reset.isVisible()).toBe(false);
      await page.mouse.move(box.x + box.width * 0.99, box.y + 50);
      const end = async (): Promise<number> =>
        Number((await plot.locator('.where').textContent())!.replaceAll(',', '').split(' ')[0]);
      const whole = await end();
      await page.mouse.move(box.x + 0.25 * box.width, box.y + 50);
      await page.mouse.down();
      await page.mouse.move(box.x + 0.5 * box.width, box.y + 60, { steps: 4 });
      await page.mouse.up();
      await page.mouse.move(box.x + box.width * 0.99, box.y + 50);
      expect(await reset.isVisible()).toBe(true);
      expect(await end()).toBeGreaterThan(0.4 * whole);
      expect(await end()).toBeLessThan(0.55 * whole);
      await reset.click();
      expect(await reset.isVisible()).toBe(false);
      await page.mouse.move(box.x + box.width * 0.99, box.y + 50);
      expect(await end()).toBe(whole);
    });

    test('reads values of all tasks off under the pointer, and by keys', async () => {
      const { page } = wide;
      const plot = await draw(page);
      const values = (): Promise<string[]> => plot.locator('.key .value').allTextContents();
      const box = (await plot.locator('.u-over').boundingBox())!;
      await page.mouse.move(box.x + 3, box.y + 50);
      // Only the first task is evaluated at the start.
      const early = await values();
      expect(early.slice(1).every((value) => value === '–')).toBe(true);
      await page.mouse.move(box.x + box.width * 0.98, box.y + 50);
      const late = await values();
      expect(late.every((value) => /^\d\.\d{3}/.test(value))).toBe(true);
      await plot.locator('.canvas').focus();
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      expect(await values()).not.toEqual(late);
    });

    test('hides a task with its band', async () => {
      const { page } = await open(browser, file);
      const plot = await draw(page);
      await page.mouse.move(0, 0);
      /** How many dots of the canvas have a hue like that of the first task's blue, bands included. */
      const blue = (): Promise<number> =>
        plot.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
          const { data } = canvas.getContext('2d')!.getImageData(0, 40, canvas.width, canvas.height - 40);
          let count = 0;
          for (let i = 0; i < data.length; i += 4)
            if (data[i + 3] > 0 && data[i + 2] - data[i] > 30 && data[i + 2] > data[i + 1] + 5) count++;
          return count;
        });
      const before = await blue();
      expect(before).toBeGreaterThan(200);
      const key = plot.locator('.key').first();
      await key.click();
      expect(await key.getAttribute('aria-pressed')).toBe('false');
      await page.waitForTimeout(50);
      expect(await blue()).toBeLessThan(before / 20);
      await key.click();
      await page.waitForTimeout(50);
      expect(await blue()).toBe(before);
    });

    test('sorts its table by a column, either way, and says so', async () => {
      const { page } = wide;
      const table = page.getByRole('region', { name: 'All metrics' });
      const head = table.locator('thead th').nth(2);
      const column = async (): Promise<number[]> =>
        (await table.locator('tbody tr td:nth-child(3)').allTextContents()).map(Number.parseFloat);
      await head.getByRole('button').click();
      expect(await head.getAttribute('aria-sort')).toBe('descending');
      expect(await column()).toEqual((await column()).toSorted((a, b) => b - a));
      await head.getByRole('button').press('Enter');
      expect(await head.getAttribute('aria-sort')).toBe('ascending');
      expect(await column()).toEqual((await column()).toSorted((a, b) => a - b));
      const first = table.locator('thead th').first();
      await first.getByRole('button').click();
      const names = await table.locator('tbody th').allTextContents();
      expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })));
      expect(await head.getAttribute('aria-sort')).toBeNull();
    });

    test('defines a number where its heading is hovered, focused or tapped', async () => {
      const { page } = wide;
      const table = page.getByRole('region', { name: 'All metrics' });
      const [acc, next] = [table.locator('button.term').first(), table.locator('button.term').nth(1)];
      const tip = page.locator(`#${await acc.getAttribute('aria-describedby')}`);
      await page.mouse.move(0, 0);
      await next.focus();
      expect(await tip.isVisible()).toBe(false);
      await acc.hover();
      expect(await tip.isVisible()).toBe(true);
      await page.mouse.move(0, 0);
      expect(await tip.isVisible()).toBe(false);
      await acc.focus();
      expect(await tip.isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      expect(await tip.isVisible()).toBe(false);
      const touch = await open(browser, file, { hasTouch: true, viewport: { width: 400, height: 800 } });
      const button = touch.page.locator('button.term').first();
      await button.tap();
      expect(await touch.page.locator(`#${await button.getAttribute('aria-describedby')}`).isVisible()).toBe(true);
    });

    test('asks for nothing and complains of nothing', async () => {
      const { page, complaints } = wide;
      for (const plot of await page.locator('[data-chart]').all()) await plot.scrollIntoViewIfNeeded();
      expect(complaints).toEqual([]);
    });

    test.each(['light', 'dark'] as const)('has no serious fault by axe in %s', async (colorScheme) => {
      const { page, complaints } = await open(browser, file, { colorScheme });
      await draw(page);
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(paper).toBe(colorScheme === 'dark' ? 'rgb(15, 20, 25)' : 'rgb(255, 255, 255)');
      expect(await seriousViolations(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });

    test('does not scroll sideways at 400 px', async () => {
      const { page } = await open(browser, file, { viewport: { width: 400, height: 800 } });
      await draw(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    });

    test('prints figures as vectors', async () => {
      const { page } = await open(browser, file);
      await draw(page);
      const pdf = (await page.pdf()).toString('latin1');
      expect(pdf.startsWith('%PDF')).toBe(true);
      expect(pdf).not.toMatch(/\/Subtype\s*\/Image/);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('canvas:visible').count()).toBe(0);
      const pictures = page.locator('.print-only img');
      expect(await pictures.count()).toBeGreaterThan(0);
      expect(await pictures.first().isVisible()).toBe(true);
    });

    test('shows its pictures to readers without scripts', async () => {
      const { page } = await open(browser, file, { javaScriptEnabled: false });
      expect(await page.locator('.print-only img').first().isVisible()).toBe(true);
      expect(await page.locator('.plot:visible').count()).toBe(0);
    });
  },
);
