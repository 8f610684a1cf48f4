#!/usr/bin/env node
/** @file The command line. Nothing heavy is imported before a command is known: commands load what they need themselves. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { UserError } from '../base/errors.ts';
import { packageVersion } from '../base/package.ts';
import { analyze } from './analyze.ts';
import { check } from './check.ts';
import { compare } from './compare.ts';
import { figures } from './figures.ts';
import { list } from './list.ts';
import { refineLr } from './refineLr.ts';
import { report } from './report.ts';
import { resume } from './resume.ts';
import { run } from './run.ts';
import { serve } from './serve.ts';
import { table } from './table.ts';
import { watch } from './watch.ts';
import { exitCodes } from './exitCodes.ts';
import { asUserError, reportMisuse } from './misuse.ts';

const args = hideBin(process.argv);
const commands = [run, resume, report, figures, table, serve, analyze, check, watch, compare, refineLr, list];
const names = commands.map(({ command }) => command.split(' ')[0]);

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const cli = yargs(args)
  .scriptName('stabgap')
  .locale('en')
  .parserConfiguration({
    'camel-case-expansion': false,
    'dot-notation': false,
    'greedy-arrays': false,
    'parse-numbers': false,
    'parse-positional-numbers': false,
  })
  .usage(
    '$0 <command>\n\nMeasures what a model forgets while it keeps learning: evaluates every seen task after every update.',
  )
  .command(commands)
  .demandCommand(1, 'name a command')
  .strict()
  .version(packageVersion)
  .alias('h', 'help')
  .example('$0 run demo', 'compare 8 methods on handwritten digits')
  .example('$0 list methods', 'what can be compared')
  .epilogue('stabgap <command> --help shows the flags of a command, with examples.')
  .wrap(Math.min(110, process.stdout.columns || 110))
  .exitProcess(false)
  .fail(reportMisuse(args, { usage: names.join('|'), commands: names }));

try {
  if (args.length === 0) cli.showHelp('log');
  else await cli.parseAsync();
} catch (thrown) {
  const error = asUserError(thrown);
  if (error instanceof UserError) {
    process.stderr.write(`stabgap: ${error.message}\n`);
    process.exitCode = exitCodes.misuse;
  } else {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = exitCodes.failure;
  }
}
