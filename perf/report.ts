/**
 * @file `npm run perf:report`: how long the report of a large experiment takes to make, how large it is, and how fast it is in a browser. The browser is Chromium, at /usr/bin/chromium or
 * where the environment variable CHROMIUM says. Results: docs/performance.md
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { writeReport } from '../reports/index.ts';
import { formatFigures, median, type Figure } from './measure.ts';
import { madeUpExperiment } from './reportExperiment.ts';

const { methods, seeds, tasks, iterations } = await yargs(hideBin(process.argv))
  .usage('npm run perf:report -- [options]')
  .option('methods', { type: 'number', default: 8 })
  .option('seeds', { type: 'number', default: 5 })
  .option('tasks', { type: 'number', default: 5 })
  .option('iterations', { type: 'number', default: 5000, describe: 'of every task' })
  .strict()
  .parse();

const folder = mkdtempSync(join(tmpdir(), 'stabgap-perf-report-'));
try {
  const file = join(folder, 'report.html');
  const experiment = madeUpExperiment({ methods, seeds, tasks, iterations });
  const before = process.cpuUsage();
  const start = performance.now();
  await writeReport(experiment, file);
  const seconds = (performance.now() - start) / 1000;
  const after = process.cpuUsage(before);
  const figures: Figure[] = [
    { name: 'report, from logs in memory', value: seconds, unit: 's', bar: { atMost: 10 } },
    { name: 'the same, processor time of all its threads', value: (after.user + after.system) / 1e6, unit: 's' },
    { name: 'size', value: statSync(file).size / 1e6, unit: 'MB', bar: { atMost: 25 } },
    { name: 'most memory of the process', value: process.resourceUsage().maxRSS / 1024, unit: 'MiB' },
  ];
  process.stdout.write(`${methods} methods × ${seeds} seeds × ${tasks} tasks × ${iterations} iterations\n`);
  process.stdout.write(`${formatFigures([...figures, ...(await inBrowser(file))])}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function inBrowser(file: string): Promise<Figure[]> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    process.stderr.write(`no browser at ${executablePath} (set CHROMIUM to one): not measured in a browser\n`);
    return [];
  }
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const paints: number[] = [];
    for (let i = 0; i < 5; i++) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      await page.goto(pathToFileURL(file).href);
      paints.push(await firstPaint(page));
      await page.close();
    }
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    await page.goto(pathToFileURL(file).href);
    const made = await chartTime(page);
    const frames = (await hoverFrames(page)).toSorted((x, y) => x - y);
    return [
      { name: 'first paint, median of 5', value: median(paints) / 1000, unit: 's', bar: { atMost: 1.5 } },
      { name: 'a chart, from coming into view to drawn', value: made, unit: 'ms' },
      { name: 'frame while hovering, median', value: median(frames), unit: 'ms', bar: { atMost: 33 } },
      { name: 'frame while hovering, 95th of 100', value: frames[Math.floor(0.95 * frames.length)], unit: 'ms' },
    ];
  } finally {
    await browser.close();
  }
}

/** Milliseconds until anything of the page's content is painted. */
function firstPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const [entry] = list.getEntriesByName('first-contentful-paint');
          if (entry) resolve(entry.startTime);
        }).observe({ type: 'paint', buffered: true });
      }),
  );
}

/** Milliseconds until the first chart is there. */
function chartTime(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const host = document.querySelector('[data-chart]')!;
    const start = performance.now();
    host.scrollIntoView();
    while (!host.querySelector('canvas')) await new Promise(requestAnimationFrame);
    return performance.now() - start;
  });
}

/** Milliseconds of every frame while the pointer goes over the first chart. */
async function hoverFrames(page: Page): Promise<number[]> {
  const box = (await page.locator('[data-chart] .u-over').first().boundingBox())!;
  await page.mouse.move(box.x + 1, box.y + 50);
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const tick = (now: number): void => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    Object.assign(globalThis, { frames });
  });
  for (let i = 0; i < 200; i++) await page.mouse.move(box.x + 1 + ((i * 7) % (box.width - 2)), box.y + 50 + (i % 20));
  return page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames.slice(5));
}
