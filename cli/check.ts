import type { Argv, CommandModule } from 'yargs';
import type { Violation } from '../analysis/index.ts';
import { declare } from './declare.ts';
import { exitCodes } from './exitCodes.ts';
import { logFlags, readLogFlags, readThreshold } from './logFlags.ts';

const flags = {
  'max-gap': { nargs: 1, describe: 'greatest depth of a fall, even of one that came back, such as 0.05 or 5%' },
  'max-forgetting': { nargs: 1, describe: 'greatest loss that is left at the end' },
  'min-acc': { nargs: 1, describe: 'lowest value of any task, once it was learnt' },
  ...logFlags,
  json: { type: 'boolean', describe: 'print the verdict as JSON, and nothing else, to standard output' },
} as const;

const usage = 'check <paths..>';

export const check = {
  command: usage,
  describe: 'a gate for releases: may this checkpoint ship?',
  builder: (y: Argv): Argv =>
    declare(
      y,
      usage,
      'Checks a log against limits. Ends with 0 if all are kept, 1 if one is broken (and names task, step and value), 2 for what cannot be read.',
      flags,
    )
      .positional('paths', { describe: 'logs: files or folders of any tool (stabgap list formats)' })
      .example('$0 check results/ --max-forgetting 2%', 'no ability may lose more than two points for good')
      .example('$0 check scores.csv --max-gap 0.1 --min-acc 0.5', 'no deep dip, and nothing below one half')
      .example('$0 check runs/demo --max-gap 0.5 --json', 'for a program'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const { analyseInFull, judge } = await import('../analysis/index.ts');
    const limits = {
      maxGap: readThreshold('max-gap', argv['max-gap']),
      maxForgetting: readThreshold('max-forgetting', argv['max-forgetting']),
      minAcc: readThreshold('min-acc', argv['min-acc']),
    };
    const runs = analyseInFull((argv.paths as unknown[]).map(String), readLogFlags(argv));
    const verdict = judge(runs, limits);
    process.stdout.write(
      argv.json ? `${JSON.stringify(verdict, null, 2)}\n` : lines(verdict, runs.length > 1).join('\n'),
    );
    if (!verdict.passed) process.exitCode = exitCodes.violated;
  },
} satisfies CommandModule;

interface Shown {
  readonly passed: boolean;
  readonly violations: readonly Violation[];
  readonly noise: readonly Violation[];
}

function lines({ passed, violations, noise }: Shown, several: boolean): string[] {
  const line = (violation: Violation): string => (several ? `${violation.run}: ` : '') + inWords(violation);
  return [
    passed ? 'passed' : `failed: ${violations.length} limit${violations.length === 1 ? '' : 's'} broken`,
    ...violations.map((violation) => `  ${line(violation)}`),
    ...noise.map((violation) => `  not counted, within noise: ${line(violation)}`),
    '',
  ];
}

function inWords({ limit, task, step, value, allowed, p_value }: Violation): string {
  const number = Number(value.toPrecision(4));
  const p = p_value === null ? '' : `, p ${p_value < 0.001 ? '< 0.001' : `= ${p_value.toFixed(3)}`}`;
  if (limit === 'max-gap') return `${task} fell by ${number} at step ${step} (--max-gap ${allowed}${p})`;
  if (limit === 'max-forgetting') return `${task} has lost ${number} at step ${step} (--max-forgetting ${allowed}${p})`;
  return `${task} is at ${number} at step ${step} (--min-acc ${allowed})`;
}
