import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Argv, CommandModule } from 'yargs';
import { UserError } from '../base/errors.ts';
import { tellingText } from '../reports/analysis/telling.ts';
import { declare } from './declare.ts';
import { lastText } from './executionFlags.ts';
import { onInterrupt } from './interrupt.ts';
import { logFlags, readLogFlags } from './logFlags.ts';

const flags = {
  interval: { nargs: 1, describe: 'seconds between two looks', defaultDescription: '2' },
  horizon: {
    nargs: 1,
    describe: 'evaluations of one stretch of training that a false alarm is reckoned over',
    defaultDescription: '1000',
  },
  idle: { nargs: 1, describe: 'end after so many seconds without a change', defaultDescription: 'never' },
  once: { type: 'boolean', describe: 'look once, and end' },
  state: { nargs: 1, describe: 'file that remembers what was told', defaultDescription: 'under $XDG_STATE_HOME' },
  forget: { type: 'boolean', describe: 'tell again what was told before' },
  ...logFlags,
  json: { type: 'boolean', describe: 'print one JSON object a line' },
} as const;

const usage = 'watch <path>';

export const watch = {
  command: usage,
  describe: 'follow a growing log and tell of each event once it is certain',
  builder: (y: Argv): Argv =>
    declare(
      y,
      usage,
      'Follows a growing log and tells once of each event: that a task fell, as soon as it is certain; that it is back, or not, once that is.',
      flags,
    )
      .positional('path', { describe: 'a log, or a folder of them, of any tool (stabgap list formats)' })
      .example('$0 watch runs/demo', 'runs of this tool, until they are complete')
      .example('$0 watch scores.csv --json', 'for a program: one object a line')
      .example('$0 watch results/ --once', 'one look, such as from a timer'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const { createWatcher, statePath } = await import('../analysis/index.ts');
    const { isFinished } = await import('../logs/index.ts');
    const path = String(argv.path);
    const state = lastText(argv.state) ?? statePath(path);
    if (argv.forget) (await import('node:fs')).rmSync(state, { force: true });
    const watcher = createWatcher(path, {
      ...readLogFlags(argv),
      horizon: seconds('horizon', argv.horizon, 1000),
      state,
    });
    const [interval, idle] = [seconds('interval', argv.interval, 2), seconds('idle', argv.idle, Infinity)];
    const interrupt = onInterrupt(() => true);
    const print = (ended: boolean): void => {
      const { lines, remarks } = watcher.look(ended);
      for (const remark of remarks) process.stderr.write(`${remark}\n`);
      for (const line of lines)
        process.stdout.write(argv.json ? `${JSON.stringify(line)}\n` : `${line.run}: ${tellingText(line)}\n`);
    };
    let shown = '';
    let changed = performance.now();
    for (;;) {
      const now = stampOf(path);
      const complete = isFinished(path);
      const still = (performance.now() - changed) / 1000;
      const ending = complete || argv.once === true || still >= idle || interrupt.signal.aborted;
      if (now !== shown || (ending && complete)) print(complete);
      if (now !== shown) [shown, changed] = [now, performance.now()];
      if (ending) break;
      await pause(1000 * Math.min(interval, idle), undefined, { signal: interrupt.signal }).catch(() => undefined);
    }
    interrupt.release();
    const code = interrupt.exitCode();
    if (code !== null) process.exitCode = code;
  },
} satisfies CommandModule;

function seconds(flag: string, value: unknown, otherwise: number): number {
  const text = lastText(value);
  if (text === undefined) return otherwise;
  if (Number(text) > 0) return Number(text);
  throw new UserError(`--${flag}: must be a number above 0, not ${text}`);
}

/** Changes whenever a file does; empty while there is none. */
function stampOf(path: string): string {
  try {
    const stat = statSync(path);
    if (!stat.isDirectory()) return `${stat.ino}/${stat.size}/${stat.mtimeMs}`;
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .map((name) => {
        const { size, mtimeMs } = statSync(join(path, name));
        return `${name}/${size}/${mtimeMs}`;
      })
      .join('\n');
  } catch {
    return '';
  }
}
