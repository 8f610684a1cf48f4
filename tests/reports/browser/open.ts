import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether there is a browser to test pages in; says so where there is none. */
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser)
  console.warn(`no browser at ${executablePath} (set CHROMIUM to one): pages are not tested in a browser`);

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });

/** A page that was opened, and what it did that it should not. */
export interface Opened {
  readonly page: Page;
  /** Messages of errors and warnings, and addresses that were asked for beyond the file itself. */
  readonly complaints: string[];
}

/** Opens a file as a reader does who has it on a disk. */
export async function open(browser: Browser, file: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const address = pathToFileURL(file).href;
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith('data:')) complaints.push(`asked for ${url}`);
  });
  await page.goto(address);
  return { page, complaints };
}
