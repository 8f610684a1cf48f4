import { spawn } from 'node:child_process';
import type { Argv, CommandModule } from 'yargs';
import { UserError } from '../base/errors.ts';
import { declare } from './declare.ts';
import { lastText } from './executionFlags.ts';
import { onInterrupt } from './interrupt.ts';

const flags = {
  port: { nargs: 1, describe: 'port of 127.0.0.1 to listen on; 0 for one that is free', defaultDescription: '0' },
  open: { nargs: 1, choices: ['yes', 'no'], describe: 'open the page in a browser', defaultDescription: 'no' },
  json: { type: 'boolean', describe: 'print the address as a JSON object' },
} as const;

const usage = 'serve <folder>';

export const serve = {
  command: usage,
  describe: 'a live page of runs at work: progress, curves, events',
  builder: (y: Argv): Argv =>
    declare(
      y,
      usage,
      'Serves a page, to this computer only, that follows runs while they work: progress, curves as they grow, events. It changes nothing.',
      flags,
    )
      .positional('folder', { describe: 'a run, an experiment, or a folder of experiments, of which more may come' })
      .example('$0 serve runs', 'all experiments in runs/')
      .example('$0 serve runs/demo --port 8000 --open yes', 'one experiment, always at the same address'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const port = readPort(lastText(argv.port));
    const open = readOpen(lastText(argv.open));
    const { serveLive } = await import('../reports/live/server.ts');
    const folder = String(argv.folder);
    const interrupt = onInterrupt(() => true);
    const server = await serveLive(folder, { port });
    const { url } = server;
    process.stdout.write(argv.json ? `${JSON.stringify({ url, folder })}\n` : `${url}\n`);
    process.stderr.write(`follows ${folder} until Ctrl-C\n`);
    if (open) openInBrowser(url);
    if (!interrupt.signal.aborted)
      await new Promise((stop) => interrupt.signal.addEventListener('abort', stop, { once: true }));
    await server.close();
    interrupt.release();
    const code = interrupt.exitCode();
    if (code !== null) process.exitCode = code;
  },
} satisfies CommandModule;

function readPort(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UserError(`--port: must be a whole number from 0 to 65535, not ${text}`);
}

function readOpen(text: string | undefined): boolean {
  if (text === undefined || text === 'no') return false;
  if (text === 'yes') return true;
  throw new UserError(`--open: must be yes or no, not ${text}`);
}

/** Where there is no browser nothing happens: the address was printed. @param url made here, of digits alone */
function openInBrowser(url: string): void {
  const [command, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', '""'] }[process.platform as string] ?? [
    'xdg-open',
  ];
  spawn(command, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
