import type { Options } from 'yargs';
import { UserError } from '../base/errors.ts';
import type { AnalyzeOptions } from '../analysis/index.ts';
import { lastText } from './executionFlags.ts';

/** How a log of any tool is read. */
export const logFlags = {
  format: { nargs: 1, describe: 'what wrote the log (stabgap list formats)', defaultDescription: 'by content' },
  metric: { nargs: 1, describe: 'which metric, where there are several' },
  filter: { nargs: 1, describe: 'which filter of lm-evaluation-harness, such as strict-match' },
  columns: { nargs: 1, describe: 'names of columns, such as step=iteration,task=benchmark,value=acc' },
  better: {
    nargs: 1,
    choices: ['higher', 'lower'],
    describe: 'which values are better',
    defaultDescription: 'by name',
  },
  unit: {
    nargs: 1,
    choices: ['percent', 'fraction'],
    describe: 'of the values; percentages become shares',
    defaultDescription: 'by size',
  },
  tasks: { nargs: 1, describe: 'the tasks that count, parted by commas', defaultDescription: 'all' },
  items: {
    nargs: 1,
    describe: 'items that values are means over, where the log does not say: 1319, or gsm8k=1319,mmlu=14042',
  },
  switches: { nargs: 1, describe: 'steps after which something changed, where the log names no task: 1000,2000' },
  alpha: { nargs: 1, describe: 'chance of any false event', defaultDescription: '0.05' },
} as const satisfies Record<string, Options>;

/** @throws {UserError} naming the flag that does not fit */
export function readLogFlags(argv: Readonly<Record<string, unknown>>): AnalyzeOptions {
  return {
    format: lastText(argv.format),
    metric: lastText(argv.metric),
    filter: lastText(argv.filter),
    better: choice('better', argv.better, ['higher', 'lower']),
    unit: choice('unit', argv.unit, ['percent', 'fraction']),
    columns: readColumns(lastText(argv.columns)),
    tasks: lastText(argv.tasks)
      ?.split(',')
      .map((name) => name.trim()),
    items: readItems(lastText(argv.items)),
    switches: readSteps(lastText(argv.switches)),
    alpha: readAlpha(lastText(argv.alpha)),
  };
}

function choice<T extends string>(flag: string, value: unknown, known: readonly T[]): T | undefined {
  const text = lastText(value);
  if (text === undefined) return undefined;
  const found = known.find((each) => each === text);
  if (found) return found;
  throw new UserError(`--${flag}: must be one of ${known.join(', ')}, not ${text}`);
}

/** What a column can be, as `columnRoles` of the logs has it: to load that for a help text would load all importers. */
function readColumns(text: string | undefined): AnalyzeOptions['columns'] {
  if (text === undefined) return undefined;
  const pairs = text.split(',').map((part): [string, string] => {
    const [, role, name] = /^\s*(\w+)\s*=\s*(.+?)\s*$/.exec(part) ?? [];
    if (name === undefined)
      throw new UserError(
        `--columns ${text}: must be <role>=<column>,…, such as step=iteration,task=benchmark,value=acc`,
      );
    return [role, name];
  });
  return Object.fromEntries(pairs);
}

function readItems(text: string | undefined): AnalyzeOptions['items'] {
  if (text === undefined) return undefined;
  const count = (digits: string): number => {
    if (/^[1-9]\d*$/.test(digits)) return Number(digits);
    throw new UserError(
      `--items ${text}: must be a number of items, or <task>=<items>,…, such as gsm8k=1319,mmlu=14042`,
    );
  };
  if (!text.includes('=')) return count(text);
  // Names of tasks may hold =.
  return Object.fromEntries(
    text.split(',').map((part) => {
      const at = part.lastIndexOf('=');
      return [part.slice(0, at).trim(), count(part.slice(at + 1).trim())];
    }),
  );
}

function readSteps(text: string | undefined): readonly number[] | undefined {
  return text?.split(',').map((part) => {
    const step = Number(part);
    if (part.trim() !== '' && Number.isFinite(step)) return step;
    throw new UserError(`--switches ${text}: must be steps parted by commas, such as 1000,2000`);
  });
}

/** A significance level. @throws {UserError} unless it lies between 0 and 1 */
export function readAlpha(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const alpha = Number(text);
  if (!(alpha > 0 && alpha < 1)) throw new UserError(`--alpha: must lie between 0 and 1, not be ${text}`);
  return alpha;
}

/** A threshold: a number from 0 on, or a percentage such as `5%`. @throws {UserError} naming the flag */
export function readThreshold(flag: string, value: unknown): number | undefined {
  const text = lastText(value)?.trim();
  if (text === undefined) return undefined;
  const [, digits, percent] = /^(\d+\.?\d*|\.\d+)(%?)$/.exec(text) ?? [];
  if (digits === undefined)
    throw new UserError(`--${flag}: must be a number from 0 on, or a percentage such as 5%, not ${text}`);
  return percent ? Number(digits) / 100 : Number(digits);
}
