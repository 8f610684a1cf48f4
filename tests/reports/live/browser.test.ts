import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveLive } from '../../../reports/live/server.ts';
import { growing } from './growing.ts';

const browserPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const has = existsSync(browserPath);
if (!has)
  console.warn(
    `tests of the live page in a browser are skipped: there is no ${browserPath}; CHROMIUM=<path> names another`,
  );

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A page with all that went wrong in it. */
async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const wrong: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(url);
  return { page, wrong, hosts, close: () => context.close() };
}

/** The share of the chart's pixels that are drawn in a colour. */
const shareOf = (page: Page, variable: string): Promise<number> =>
  page.evaluate((name) => {
    const canvas = document.querySelector('canvas');
    if (!canvas) return 0;
    const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    // A copy, since a browser warns of canvases that are read again and again.
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
    const context = copy.getContext('2d', { willReadFrequently: true })!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4)
      if (Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 30 && data[i + 3] > 200)
        count++;
    return count / (data.length / 4);
  }, variable);

const readout = (page: Page) => page.locator('#readout');

describe.skipIf(!has)('the live page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(() => browser?.close());

  test('a curve appears and grows, events are listed, and nothing is asked of another host', async () => {
    const { folder, begin, grow, end } = growing();
    const server = await serveLive(folder, { interval: 50 });
    const { page, wrong, hosts, close } = await openPage(browser, server.url);
    await page.getByText('0 of 4 runs ended: 0%').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(4);
    expect(await page.locator('canvas').count()).toBe(0);

    begin('finetune-seed1');
    grow('finetune-seed1', 20);
    await page.getByText('finetune, seed 1: update 18, 0/1 in training').waitFor();
    await expect.poll(() => shareOf(page, '--task-0')).toBeGreaterThan(0);
    expect(await shareOf(page, '--task-1')).toBe(0);
    expect(await page.getByText('None is certain yet.').isVisible()).toBe(true);

    grow('finetune-seed1', 40);
    await page.getByText('finetune, seed 1: update 57, 2/3 in training').waitFor();
    await expect.poll(() => shareOf(page, '--task-1')).toBeGreaterThan(0);
    await page.locator('#events li', { hasText: '0/1 fell from' }).waitFor();
    expect(await page.locator('#spoken').textContent()).toMatch(/^finetune, seed 1: 0\/1 fell from/);

    grow('finetune-seed1', 200);
    end('finetune-seed1');
    begin('er-seed1');
    grow('er-seed1', 30);
    // The reader chose no run: the page goes on to the one at work.
    await page.getByText('er, seed 1: update 28, 0/1 in training').waitFor();
    await page.getByText('1 of 4 runs ended, 1 at work').waitFor();
    expect(await page.locator('#events li').first().textContent()).toMatch(/forgetting|fell/);
    expect(wrong).toEqual([]);
    expect([...hosts]).toEqual([new URL(server.url).host]);
    await close();
    await server.close();
  });

  test('by keyboard: another run, hidden curves, values read out; the choice outlives a reload', async () => {
    const { folder, begin, grow, end } = growing();
    for (const run of ['finetune-seed1', 'er-seed2']) {
      begin(run);
      grow(run, 200);
      end(run);
    }
    const server = await serveLive(folder, { interval: 50 });
    const { page, wrong, close } = await openPage(browser, server.url);
    await page.getByText('finetune, seed 1: update 120').waitFor();
    await page.getByRole('button', { name: 'er, seed 2' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('er, seed 2: update 120, 4/5 in training').waitFor();
    expect(await page.locator('tr[aria-current] th').textContent()).toBe('er, seed 2');
    await page.reload();
    await page.getByText('er, seed 2: update 120').waitFor();

    await page.locator('#chart').focus();
    await page.keyboard.press('Home');
    await expect.poll(() => readout(page).textContent()).toBe('er, seed 2: update 0, 0/1 in training');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => readout(page).textContent()).toBe('er, seed 2: update 1, 0/1 in training');
    expect(await page.locator('#spoken').textContent()).toMatch(/update 1, 0\/1 in training: 0\/1 0\.\d+$/);

    await expect.poll(() => shareOf(page, '--task-2')).toBeGreaterThan(0);
    await page.getByRole('button', { name: '4/5' }).focus();
    await page.keyboard.press('Space');
    await expect.poll(() => shareOf(page, '--task-2')).toBe(0);
    expect(wrong).toEqual([]);
    await close();
    await server.close();
  });

  test('a zoom stays while the curve grows, and goes at a button', async () => {
    const { folder, begin, grow } = growing();
    begin('er-seed1');
    grow('er-seed1', 100);
    const server = await serveLive(folder, { interval: 50 });
    const { page, wrong, close } = await openPage(browser, server.url);
    await page.getByText('er, seed 1: update 96').waitFor();
    const button = page.getByRole('button', { name: 'show all updates' });
    expect(await button.isVisible()).toBe(false);
    const { x, y, width, height } = (await page.locator('.u-over').boundingBox())!;
    await page.mouse.move(x + 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.3, y + height / 2, { steps: 5 });
    await page.mouse.up();
    await button.waitFor();
    // Task 4/5 begins at update 80, which is no longer shown.
    await expect.poll(() => shareOf(page, '--task-2')).toBe(0);
    await page.mouse.move(0, 0);
    grow('er-seed1', 10);
    await page.getByText('er, seed 1: update 106').waitFor();
    expect(await shareOf(page, '--task-2')).toBe(0);
    await button.click();
    await expect.poll(() => shareOf(page, '--task-2')).toBeGreaterThan(0);
    expect(await button.isVisible()).toBe(false);
    expect(wrong).toEqual([]);
    await close();
    await server.close();
  });

  test('it says that the server is gone, and comes back with it', async () => {
    const { folder, begin, grow } = growing();
    begin('er-seed1');
    grow('er-seed1', 10);
    const first = await serveLive(folder, { interval: 50 });
    const { page, close } = await openPage(browser, first.url);
    await page.getByText('er, seed 1: update 8').waitFor();
    await first.close();
    await page.getByText('disconnected, retrying').waitFor();
    grow('er-seed1', 10);
    const second = await serveLive(folder, { interval: 50, port: first.port });
    await page.getByText('er, seed 1: update 18').waitFor();
    expect(await page.locator('#connection').textContent()).toBe('live');
    await close();
    await second.close();
  });

  const looks: Readonly<Record<string, BrowserContextOptions>> = {
    'light and wide': { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
    'dark and wide': { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
    'light and 400 pixels wide': { viewport: { width: 400, height: 800 }, colorScheme: 'light' },
    'dark and 400 pixels wide': { viewport: { width: 400, height: 800 }, colorScheme: 'dark' },
  };
  test.each(Object.entries(looks))('%s, it is accessible and nothing sticks out', async (_, options) => {
    const { folder, begin, grow, end } = growing();
    begin('finetune-seed1');
    grow('finetune-seed1', 200);
    end('finetune-seed1');
    begin('er-seed1');
    grow('er-seed1', 60);
    begin('er-seed2');
    end('er-seed2', { status: 'failed', reason: 'its process ended with SIGKILL' });
    const server = await serveLive(folder, { interval: 50 });
    const { page, close } = await openPage(browser, server.url, options);
    await page.locator('#events li').first().waitFor();
    await page.getByText('er, seed 1: update 57').waitFor();
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    expect(
      violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    ).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await close();
    await server.close();
  });
});
