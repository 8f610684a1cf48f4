import { differingSettings, protocolOf, type Group } from '../../analysis/index.ts';
import type { RunRecord } from '../../logs/index.ts';
import { counted, listed } from '../format.ts';

/** Stream, scenario, tasks, seeds and evaluation of a group's runs, in a sentence without its dot. */
export function protocolWords({ runs, series }: Group): string {
  const { stream, evaluation } = runs[0].record;
  const averaged = series.length > 0 ? series.flatMap((one) => one.runs) : runs;
  const scenario = stream.scenario === 'task-free' ? 'task-free' : `${stream.scenario}-incremental`;
  return `${stream.name}, ${scenario}, ${counted(stream.tasks.length, 'task')}; ${seedWords(averaged.map(({ record }) => record.seed))}; evaluated ${rhythm(evaluation.every)}, on at most ${counted(evaluation.subset, 'test sample')} a task`;
}

/** `3 seeds (1, 2, 3)`. */
export function seedWords(seeds: readonly number[]): string {
  const own = [...new Set(seeds)].toSorted((a, b) => a - b);
  return `${counted(own.length, 'seed')} (${own.join(', ')})`;
}

function rhythm(every: RunRecord['evaluation']['every']): string {
  if (every === 'adaptive') return 'where the curves ask for it (adaptive ρ)';
  return `${every === 1 ? 'after every update' : `after every ${every} updates`} (ρ = ${every})`;
}

/** What unlike protocols of one experiment differ in; null for a single one. */
export function differences(groups: readonly Group[]): string | null {
  if (groups.length < 2) return null;
  const settings = differingSettings(groups.map(({ runs }) => protocolOf(runs[0].record)));
  return listed([...settings].map(([name, values]) => `${name} (${values.map((v) => v ?? 'unset').join(', ')})`));
}

type Setting = readonly [name: string, text: (record: RunRecord) => string | null];

/** Null leaves out what is not there, or is as anyone would expect. */
const settings: readonly Setting[] = [
  ['network', ({ network }) => `${network.name} (${counted(network.parameters, 'parameter')})`],
  ['epochs', ({ training }) => (typeof training.epochs === 'number' ? counted(training.epochs, 'epoch') : null)],
  ['batch size', ({ training }) => worded('batch size', training.batch)],
  ['optimizer', ({ training }) => worded('optimizer', training.optimizer)],
  ['learning rate', ({ training }) => worded('learning rate', training.lr)],
  ['schedule', ({ training }) => (training.schedule === 'constant' ? null : worded('schedule', training.schedule))],
  ['momentum', ({ training }) => (training.momentum === 0 ? null : worded('momentum', training.momentum))],
  [
    'weight decay',
    ({ training }) => (training.weightDecay === 0 ? null : worded('weight decay', training.weightDecay)),
  ],
];

/** How all methods were trained, and which settings differ from method to method. Null if the records do not say. */
export function trainingWords({ series }: Group): string | null {
  const records = series.flatMap(({ runs }) => runs.map(({ record }) => record));
  const shared: string[] = [];
  const unlike: string[] = [];
  for (const [name, text] of settings) {
    const texts = [...new Set(records.map(text))];
    if (texts.length > 1) unlike.push(name);
    else if (texts.length === 1 && texts[0] !== null) shared.push(texts[0]);
  }
  const words = [
    ...(shared.length > 0 ? [`All methods: ${shared.join(', ')}`] : []),
    ...(unlike.length > 0 ? [`${listed(unlike)} by method`] : []),
  ];
  return words.length === 0 ? null : words.join('; ');
}

const worded = (name: string, value: unknown): string | null =>
  typeof value === 'number' || typeof value === 'string' ? `${name} ${value}` : null;
