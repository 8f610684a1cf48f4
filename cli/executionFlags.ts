import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Options } from 'yargs';
import { UserError } from '../base/errors.ts';
import type { Provider } from '../engine/index.ts';

/** How an experiment is executed. None of it changes a result, but for the rounding of another provider. */
export interface Execution {
  /** Processes at work at the same time. */
  readonly jobs: number;
  /** Native threads of each. */
  readonly threads: number;
  /** Where the `onnx` engine computes; the CPU unless given. */
  readonly provider?: Provider;
  /** Absolute, since it is remembered in the experiment. */
  readonly dataDir?: string;
  /** Where the report goes: the experiment's folder unless given, nowhere if false. */
  readonly report?: string | false;
  readonly json: boolean;
}

/** Fails to compile when the engine's own list grows or shrinks; to load that one would load the engine for a help text. */
const providers = { cpu: 'cpu', cuda: 'cuda', webgpu: 'webgpu' } as const satisfies { readonly [P in Provider]: P };

/** The flags of the commands that execute runs. */
export const executionFlags = {
  jobs: { nargs: 1, describe: 'runs at work at the same time', defaultDescription: 'cores / threads' },
  threads: { nargs: 1, describe: 'threads of each run', defaultDescription: '1' },
  provider: {
    nargs: 1,
    describe: `where the onnx engine computes: ${Object.keys(providers).join(', ')}`,
    defaultDescription: 'cpu',
  },
  'data-dir': { nargs: 1, describe: 'folder that holds the data sets’ files; nothing is downloaded then' },
  report: { nargs: 1, describe: 'file of the report; --no-report for none', defaultDescription: '<out>/report.html' },
  json: { type: 'boolean', describe: 'print a summary as JSON, and nothing else, to standard output' },
} as const satisfies Record<string, Options>;

/** @throws {UserError} naming the flag that does not fit */
export function readExecution(argv: Readonly<Record<string, unknown>>): Execution {
  const threads = readCount('threads', argv.threads) ?? 1;
  const dataDir = lastText(argv['data-dir']);
  if (dataDir !== undefined && !existsSync(dataDir)) throw new UserError(`--data-dir: ${dataDir} does not exist`);
  return {
    jobs: readCount('jobs', argv.jobs) ?? Math.max(1, Math.floor(availableParallelism() / threads)),
    threads,
    provider: readProvider(lastText(argv.provider)),
    dataDir: dataDir && resolve(dataDir),
    report: argv.report === false ? false : lastText(argv.report),
    json: argv.json === true,
  };
}

/** The text of a flag; of one that is given twice, the last. */
export function lastText(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return last === undefined ? undefined : String(last);
}

function readProvider(text: string | undefined): Provider | undefined {
  if (text === undefined) return undefined;
  const known = Object.values(providers);
  const found = known.find((each) => each === text);
  if (!found) throw new UserError(`--provider: must be one of ${known.join(', ')}, not ${text}`);
  return found;
}

function readCount(flag: string, value: unknown): number | undefined {
  const text = lastText(value);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UserError(`--${flag}: must be a whole number, 1 or more, not ${text}`);
  return Number(text);
}
