import type { Argv, Options } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { reportMisuse } from './misuse.ts';

/**
 * Declares a command's flags, and with them what to answer to others.
 * @param usage how the command is written, such as `resume <folder>`
 * @param purpose one sentence
 */
export function declare(y: Argv, usage: string, purpose: string, flags: Readonly<Record<string, Options>>): Argv {
  return y
    .usage(`$0 ${usage}\n\n${purpose}`)
    .options(flags)
    .fail(reportMisuse(hideBin(process.argv), { usage, flags: Object.keys(flags) }));
}
