import type { GroupReport, ReportData } from '../data.ts';
import { counted, listed } from '../format.ts';
import { protocolOf } from '../../analysis/index.ts';
import { differingSettings } from '../../analysis/index.ts';
import { statusWords } from '../summary.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { distinct } from './protocol.ts';

/** The title and, in two sentences, what was run. */
export function header({ experiment }: ReportData): Markup {
  const records = experiment.runs.map((run) => run.record);
  const methods = distinct(records.map((record) => record.method.label));
  const streams = distinct(
    records.map(
      ({ stream }) => `${stream.name} (${stream.scenario} scenario, ${counted(stream.tasks.length, 'task')})`,
    ),
  );
  const seeds = distinct(records.map((record) => String(record.seed)));
  return markup`<h1>${experiment.name}</h1>
<p>${counted(methods.length, 'method')} (${listed(methods)}) on ${listed(streams)}, ${seeds.length === 1 ? 'seed' : 'seeds'} ${listed(seeds)}.
${statusWords(records.map((record) => record.status))}.</p>
`;
}

/** What the reader must know before trusting an average: runs that are left out, unlike protocols, unreadable folders. */
export function notices({ experiment, groups, excluded }: ReportData): Markup {
  return markup`
${notice(
  'Not complete, and in no average below:',
  excluded.map(
    ({ record }) => markup`<strong>${record.run}</strong> ${record.status}: ${record.reason ?? 'no reason recorded'}`,
  ),
)}
${groups.length > 1 ? unlike(groups) : null}
${notice(
  'Left out:',
  experiment.problems.map((problem) => markup`${problem}`),
)}
`;
}

/** How the report calls one of several protocols. */
export const groupName = (index: number): string => `protocol ${index + 1}`;

function unlike(groups: readonly GroupReport[]): Markup | null {
  const differences = differingSettings(groups.map(({ runs }) => protocolOf(runs[0].record)));
  const title = `These runs follow ${groups.length} different protocols. Nothing is averaged or compared across them. They differ in`;
  return notice(
    title,
    [...differences].map(
      ([name, values]) =>
        markup`${name}: ${values.map((value, i) => `${value ?? 'unset'} (${groupName(i)})`).join(', ')}`,
    ),
  );
}

function notice(title: string, items: readonly Markup[]): Markup | null {
  if (items.length === 0) return null;
  return markup`<div class="notice">${title}<ul>${items.map((item) => markup`<li>${item}</li>`)}</ul></div>`;
}
