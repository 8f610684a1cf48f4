import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../temporaryFolder.ts';
import { stabgap, tiny } from './stabgap.ts';

/** What stands in the working directory before `stabgap` is called, by path. */
type Files = Readonly<Record<string, string>>;

interface Misuse {
  readonly args: readonly string[];
  readonly files?: Files;
  /** The one line on standard error, without `stabgap: `. */
  readonly says: RegExp;
}

const recipe = (text: string): Pick<Misuse, 'args' | 'files'> => ({
  args: ['run', 'my.yaml'],
  files: { 'my.yaml': text },
});

const misuses: Readonly<Record<string, Misuse>> = {
  'an unknown command': {
    args: ['rnu'],
    says: /^unknown command: rnu \(did you mean run\? known: analyze, check, compare, figures, list, refine-lr, report, resume, run, serve, table, watch\)/,
  },
  'an unknown flag': {
    args: ['run', '--epohcs', '3'],
    says: /^unknown flag: --epohcs \(did you mean --epochs\? known: --angles, /,
  },
  'a flag without a value': { args: ['run', '--epochs'], says: /^--epochs needs a value$/ },
  'an argument too many': {
    args: ['run', 'demo', 'demo2'],
    says: /^one argument too many: demo2 \(usage: stabgap run /,
  },
  'a missing argument': { args: ['report'], says: /^an argument is missing \(usage: stabgap report <folder>\)$/ },
  'an unknown list': { args: ['list', 'foo'], says: /^unknown list: foo \(known: datasets, formats, methods, / },
  'an unknown method': {
    args: ['run', '--methods', 'foo'],
    says: /^unknown method: foo \(known: .*\ber, er-ace, ewc\b.*\)$/,
  },
  'an unknown stream': { args: ['run', '--stream', 'foo'], says: /^unknown stream: foo \(known: .*split-digits.*\)$/ },
  'a window of classes that are not there': {
    args: ['run', '--stream', 'overlapping-digits', '--windows', '0-3,8-11'],
    says: /^invalid windows: 8-11 \(allowed: <first>-<last> class, at least two of the classes 0 to 9, such as 0-3\)$/,
  },
  'one window alone': {
    args: ['run', '--stream', 'overlapping-digits', '--windows', '0-3'],
    says: /^invalid windows: 0-3 \(allowed: two tasks or more, such as 0-3,2-5, or a split stream for one\)$/,
  },
  'an unknown engine': { args: ['run', '--engine', 'foo'], says: /^--engine: must be one of auto, onnx, .*$/ },
  'an unknown option of a method': {
    args: ['run', '--set', 'er.mem=5'],
    says: /^unknown key in --set er\.mem=5: mem \(known: .*\bmemory\b.*\)$/,
  },
  'a wrong type': { args: ['run', '--epochs', 'many'], says: /^--epochs: expected number, received string$/ },
  'Nesterov momentum without momentum': {
    args: ['run', '--nesterov'],
    says: /^flags: nesterov is a form of momentum: finetune needs the optimizer sgd and a momentum above 0 \(it has sgd, 0\)$/,
  },
  'milestones of a schedule without any': {
    args: ['run', '--milestones', '0.5,'],
    says: /^flags: milestones belongs to schedule step, which no method has; leave it out, or set schedule step$/,
  },
  'a share that is no share': {
    args: ['run', '--schedule', 'step', '--milestones', '0.5,1.5'],
    says: /^--milestones: 1: must be <1$/,
  },
  'an unknown schedule': {
    args: ['run', '--schedule', 'exponential'],
    says: /^--schedule: must be one of constant, step, cosine, linear, refined$/,
  },
  'a refined schedule without a file': {
    args: ['run', '--schedule', 'refined'],
    says: /^flags: methods: finetune: schedule refined needs scheduleFile: a file that stabgap refine-lr makes of a run$/,
  },
  'a refined schedule whose file is not there': {
    args: ['run', '--schedule', 'refined', '--schedule-file', 'no.json'],
    says: /^scheduleFile: .*no\.json does not exist; check the path$/,
  },
  'a refined schedule whose file is something else': {
    args: ['run', '--schedule', 'refined', '--schedule-file', 'my.json'],
    files: { 'my.json': '{ "format": 1, "rates": [1] }' },
    says: /^.*my\.json: unknown option: rates \(known: .*\btasks\b.*\)$/,
  },
  'a median over more than a task': {
    args: ['refine-lr', 'x', '--tau', '2'],
    says: /^--tau: must be a number from 0 to 1, not 2$/,
  },
  'an unknown norm': { args: ['refine-lr', 'x', '--norm', 'max'], says: /^--norm: must be l1 or l2, not max$/ },
  'a negative size': { args: ['run', '--batch', '-3'], says: /^--batch: must be >=1$/ },
  'a rhythm of evaluation that does not exist': {
    args: ['run', '--evaluate-every', 'adaptiv'],
    says: /^--evaluate-every: must be a whole number of updates, 1 or more, or adaptive$/,
  },
  'no updates between evaluations': { args: ['run', '--evaluate-every', '0'], says: /^--evaluate-every: must be >=1$/ },
  'no jobs': { args: ['run', '--jobs', '0'], says: /^--jobs: must be a whole number, 1 or more, not 0$/ },
  'an unknown provider': {
    args: ['run', '--provider', 'gpu'],
    says: /^--provider: must be one of cpu, cuda, webgpu, not gpu$/,
  },
  'a provider of another engine': {
    args: ['run', '--engine', 'wasm', '--provider', 'cuda'],
    says: /^provider cuda is one of the onnx engine; engine wasm takes none$/,
  },
  'a data folder without the data': {
    args: ['run', '--stream', 'split-mnist', '--data-dir', '.'],
    says: /^no train-images-idx3-ubyte\.gz of mnist in /,
  },
  'an unknown recipe': { args: ['run', 'foo'], says: /^unknown recipe: foo \(known: agem-permuted-mnist, demo, / },
  'a recipe that is not there': { args: ['run', 'no.yaml'], says: /^no\.yaml does not exist/ },
  'a recipe that is no YAML': {
    ...recipe('stream: [split'),
    says: /^my\.yaml: not valid YAML: .* line \d+, column \d+$/,
  },
  'a recipe that is no mapping': { ...recipe('- er\n- ewc\n'), says: /^my\.yaml: must be a mapping of keys to values/ },
  'a recipe with an unknown key': {
    ...recipe('epohcs: 3'),
    says: /^my\.yaml: unknown option: epohcs \(known: .*\bepochs\b.*\)$/,
  },
  'a recipe with a wrong type': {
    ...recipe('hidden: wide'),
    says: /^my\.yaml: hidden: expected array, received string$/,
  },
  'a recipe with a wrong key of a method': {
    ...recipe('methods: [{ name: er, memory: 5 }]'),
    says: /^my\.yaml: unknown option: methods\.0\.memory \(known: .*\boptions\b.*\)$/,
  },
  'a module that cannot be imported': { args: ['run', '--import', 'no.js'], says: /^no\.js: cannot be imported: / },
  'a folder that holds something else': {
    args: ['run', '--out', 'full'],
    files: { 'full/thesis.tex': '' },
    says: /^full is not empty and holds no experiment; choose another --out$/,
  },
  'an output folder that is a file': {
    args: ['run', '--out', 'file'],
    files: { file: '' },
    says: /^file is a file; choose another --out$/,
  },
  'an unknown format of a table': {
    args: ['table', 'x', '--format', 'html'],
    says: /^--format: must be one of latex, markdown, csv, not html$/,
  },
  'columns of a table that are metrics and experiments': {
    args: ['table', 'x', '--metric', 'acc', '--metrics', 'acc'],
    says: /^--metric and --metrics exclude each other: columns are experiments or metrics$/,
  },
  'two metrics of which each column is one experiment': {
    args: ['table', 'x', '--metric', 'acc,aaa'],
    says: /^--metric: one metric, not acc,aaa; columns are metrics with --metrics$/,
  },
  'a metric twice': {
    args: ['table', 'x', '--metrics', 'acc, aaa,acc'],
    says: /^--metrics: acc stands there twice; leave one out$/,
  },
  'two spreads': { args: ['table', 'x', '--std', '--ci'], says: /^--std and --ci exclude each other; leave one out$/ },
  'decimals that are no number': {
    args: ['table', 'x', '--decimals', '1.5'],
    says: /^--decimals: must be a whole number from 0 to 10, not 1\.5$/,
  },
  'a table of no experiment': {
    args: ['table', '.', '--out', 'new/x.tex'],
    says: /^\. is not an experiment/,
  },
  'figures of no experiment': { args: ['figures', '.'], says: /^\. is not an experiment/ },
  'an unknown format of figures': {
    args: ['figures', '.', '--format', 'pdf,gif'],
    says: /^unknown format: gif \(known: pdf, png, svg\)$/,
  },
  'an unknown figure': {
    args: ['figures', '.', '--only', 'curve'],
    says: /^unknown figure: curve \(known: bars, cd, curves, gap, matrix, pareto\)$/,
  },
  'a width without a unit': {
    args: ['figures', '.', '--width', '3'],
    says: /^--width: must be a length from 2in to 12in, in in, cm, mm, pt or px, such as 3\.25in or 83mm, not 3$/,
  },
  'a width beyond all paper': { args: ['figures', '.', '--width', '2m'], says: /^--width: must be .*, not 2m$/ },
  'an unknown style': {
    args: ['figures', '.', '--style', 'big'],
    says: /^--style: must be one of paper, screen, not big$/,
  },
  'an unknown metric of figures': {
    args: ['figures', '.', '--metric', 'accuracy'],
    says: /^unknown metric: accuracy \(.*known: .*\bmin-acc\b/,
  },
  'a report on no experiment': { args: ['report', '.'], says: /^\. is not an experiment/ },
  'going on with no experiment': { args: ['resume', '.'], says: /^\. holds no experiment/ },
  'going on with an experiment that was edited wrongly': {
    args: ['resume', '.'],
    files: { 'experiment.json': '{ "epochs": "many" }' },
    says: /^experiment\.json: epochs: expected number, received string$/,
  },
};

function place(files: Files): string {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
}

/** What `stabgap` answers, and what it has written. */
async function answerTo({ args, files = {} }: Misuse) {
  const folder = place(files);
  const before = filesIn(folder);
  const { code, stdout, stderr } = await stabgap(args, folder);
  return {
    code,
    stdout,
    lines: stderr.split('\n').length - 1,
    says: stderr.replace(/^stabgap: /, '').trimEnd(),
    written: filesIn(folder).filter((path) => !before.includes(path)),
  };
}

const misuse = (says: RegExp) => ({ code: 2, stdout: '', lines: 1, says: expect.stringMatching(says), written: [] });

describe.concurrent('one line, exit code 2 and nothing written for', () => {
  test.each(Object.entries(misuses))('%s', async (_, given) => {
    expect(await answerTo(given)).toEqual(misuse(given.says));
  });

  test.skipIf(isInstalled('@tensorflow/tfjs-node') || isInstalled('@tensorflow/tfjs-node-gpu'))(
    'an engine that is not installed (skipped where it is)',
    async () => {
      const says = /^engine tensorflow needs a package that is not installed: npm install @tensorflow\/tfjs-node/;
      expect(await answerTo({ args: ['run', '--engine', 'tensorflow'], says })).toEqual(misuse(says));
    },
  );
});

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

test('the folder of another experiment is left as it is', async () => {
  const folder = temporaryFolder();
  const run = (...flags: string[]) =>
    stabgap(['run', ...tiny, '--methods', 'finetune', '--out', 'x', '--no-report', ...flags], folder);
  expect((await run()).code).toBe(0);
  const before = filesIn(folder);
  const { code, stderr } = await run('--lr', '0.2', '--seeds', '2');
  expect(stderr).toBe(
    'stabgap: x holds another experiment (it differs in: methods, seeds); choose another --out, or replace it with --overwrite\n',
  );
  expect(code).toBe(2);
  expect(filesIn(folder)).toEqual(before);
});
