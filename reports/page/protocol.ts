import type { Run, RunRecord } from '../../logs/index.ts';
import type { GroupReport } from '../data.ts';
import { counted, listed } from '../format.ts';
import { settingsOf } from '../../analysis/index.ts';
import { markup } from './markup.ts';
import type { Content, Markup } from './markup.ts';

/** The exact protocol of a group of runs. Where runs differ, each value is given with the methods that have it. */
export function protocolFacts({ runs, tasks }: GroupReport): Markup {
  const { stream, evaluation } = runs[0].record;
  const sizes = stream.tasks.map(({ train, test, evaluated }, i) => `${tasks[i]} (${train}, ${test}, ${evaluated})`);
  return facts([
    ['stream', `${stream.name}, version ${stream.version}, ${stream.scenario} scenario${inBrackets(stream.options)}`],
    ['tasks (training, test, evaluated samples)', sizes.join(', ')],
    ['inputs and outputs', `${stream.inputShape.join(' × ')} in, ${stream.outputs} out`],
    [
      'network',
      byMethod(
        runs,
        ({ network }) => `${network.name}, ${counted(network.parameters, 'parameter')}${inBrackets(network.options)}`,
      ),
    ],
    ['training', byMethod(runs, ({ training }) => settingsText(training))],
    ['methods', byMethod(runs, ({ method }) => `${method.title}${inBrackets(method.options)}`)],
    ['evaluation', evaluationText(evaluation)],
    ['conventions', markup`<ul>${evaluation.conventions.map((convention) => markup`<li>${convention}</li>`)}</ul>`],
    ['noise of one evaluation', noise(evaluation.subset, runs)],
    ['seeds', distinct(runs.map(({ record }) => record.seed)).join(', ')],
    ['engine', byMethod(runs, ({ engine }) => `${engine.name}, ${counted(engine.threads, 'thread')}`)],
    ['machine', byMethod(runs, ({ machine }) => machineText(machine))],
    ['versions', byMethod(runs, ({ versions }) => settingsText(versions))],
  ]);
}

/** A list of facts by name. */
function facts(entries: readonly (readonly [name: string, content: Content])[]): Markup {
  return markup`<dl class="facts">
${entries.map(
  ([name, content]) => markup`<dt>${name}</dt><dd>${content}</dd>
`,
)}</dl>`;
}

/** What is evaluated, when, and on how many samples. */
export function evaluationText({ every, subset }: RunRecord['evaluation']): string {
  return `every task seen so far, before the first update of each task and ${rhythmText(every)}, on at most ${subset} test samples a task`;
}

function rhythmText(every: RunRecord['evaluation']['every']): string {
  if (every === 'adaptive')
    return 'where its curves ask for it (adaptive, by the rule among the conventions of the protocol)';
  return `${every === 1 ? 'after every update' : `after every ${every} updates`} (ρ = ${every})`;
}

/** Binomial standard error of an accuracy: sqrt(p (1 - p) / n), at p = 0.9. */
function noise(subset: number, runs: readonly Run[]): string {
  const samples = Math.min(subset, ...runs[0].record.stream.tasks.map((task) => task.evaluated));
  const error = Math.sqrt((0.9 * 0.1) / samples);
  return `an accuracy of 0.9 measured on ${samples} samples has a standard error of ${error.toFixed(3)}; shallower dips than that say little`;
}

const machineText = ({ platform, cpu, cores, memoryBytes }: RunRecord['machine']): string =>
  `${cpu}, ${counted(cores, 'core')}, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB, ${platform}`;

const settingsText = (settings: object): string =>
  [...settingsOf(settings)].map(([name, value]) => `${name} ${value}`).join(', ');

function inBrackets(settings: object): string {
  const text = settingsText(settings);
  return text === '' ? '' : ` (${text})`;
}

function byMethod(runs: readonly Run[], text: (record: RunRecord) => string): Content {
  const values = distinct(runs.map(({ record }) => text(record)));
  if (values.length === 1) return values[0];
  const labelsOf = (value: string): string[] =>
    distinct(runs.filter(({ record }) => text(record) === value).map(({ record }) => record.method.label));
  return markup`<ul>${values.map((value) => markup`<li><strong>${listed(labelsOf(value))}</strong>: ${value}</li>`)}</ul>`;
}

/** The values without repetitions, in order of first appearance. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
