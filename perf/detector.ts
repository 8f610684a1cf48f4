/**
 * @file `npm run perf:detector`: how often the detector of events is wrong, on simulated logs and on runs on which nothing changes, and how fast it is. Prints Markdown; with
 * `--write` it goes into docs/events.md. Results: docs/events.md and, for `--speed`, docs/performance.md
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { packageRoot } from '../base/index.ts';
import { biasTable } from './detector/bias.ts';
import { falseAlarms } from './detector/falseAlarms.ts';
import { withPart } from './detector/markdown.ts';
import { powerTable } from './detector/power.ts';
import { realRunsTable } from './detector/realRuns.ts';
import { speedTable } from './detector/speed.ts';

const { values, power, runs, speed, write, seed } = await yargs(hideBin(process.argv))
  .usage('npm run perf:detector -- [options]')
  .option('values', {
    type: 'number',
    default: 50_000,
    describe: 'values drawn for each combination: more are slower, and tell more',
  })
  .option('power', { type: 'number', default: 400, describe: 'logs for each planted fall' })
  .option('runs', {
    type: 'string',
    describe: 'folder with experiments on whose runs nothing changes: see docs/events.md',
  })
  .option('speed', { type: 'boolean', default: false, describe: 'measure only how long metrics of logs take' })
  .option('write', { type: 'boolean', default: false, describe: 'write the tables into docs/events.md' })
  .option('seed', { type: 'number', default: 1, describe: 'of all draws' })
  .strict()
  .parse();

const say = (text: string): void => void process.stderr.write(text);

function tables(): Record<string, string> {
  if (speed) return { speed: speedTable(seed) };
  const { table, above } = falseAlarms(values, seed, say);
  const list = above.length === 0 ? 'None.' : above.map((each) => `- ${each}`).join('\n');
  return {
    'false alarms': table,
    'above the level': list,
    power: powerTable(power, seed),
    bias: biasTable(),
    ...(runs !== undefined && { 'real runs': realRunsTable(runs, 1000) }),
  };
}

const made = tables();
if (write && !speed) {
  const path = join(packageRoot, 'docs', 'events.md');
  const page = Object.entries(made).reduce(
    (text, [name, part]) => withPart(text, name, part),
    readFileSync(path, 'utf8'),
  );
  writeFileSync(path, page);
} else {
  for (const [name, part] of Object.entries(made)) process.stdout.write(`## ${name}\n\n${part}\n\n`);
}
