import { runMetrics } from '../../metrics/index.ts';
import type { ReportData, GroupReport } from '../data.ts';
import { counted, inWords, listed } from '../format.ts';
import { deepest } from '../gaps.ts';
import type { SeenGap } from '../gaps.ts';
import { protocolOf } from '../groups.ts';
import { differingSettings } from '../settings.ts';
import { deepestRecovered, statusWords, summarize } from '../summary.ts';
import { curveFigures, switchFigures } from './figures.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { matrixTable } from './matrixTable.ts';
import { distinct, evaluationText, protocolFacts } from './protocol.ts';
import { definitions, metricTableHtml, plainTable } from './tables.ts';

/** The title and, in two sentences, what was run. */
export function header({ experiment }: ReportData): Markup {
  const records = experiment.runs.map((run) => run.record);
  const methods = distinct(records.map((record) => record.method.label));
  const streams = distinct(
    records.map(({ stream }) => `${stream.name} (${stream.scenario} scenario, ${stream.tasks.length} tasks)`),
  );
  const seeds = distinct(records.map((record) => record.seed));
  return markup`<h1>${experiment.name}</h1>
<p>${counted(methods.length, 'method')} (${listed(methods)}) on ${listed(streams)}, ${seeds.length === 1 ? 'seed' : 'seeds'} ${listed(seeds.map(String))}.
${statusWords(records.map((record) => record.status))}.</p>
`;
}

/** What the reader must know before trusting an average: runs that are left out, unlike protocols, unreadable folders. */
export function notices({ experiment, groups, excluded }: ReportData): Markup {
  const left = excluded.map(
    ({ record }) =>
      markup`<li><strong>${record.run}</strong> ${record.status}: ${record.reason ?? 'no reason recorded'}</li>`,
  );
  const problems = experiment.problems.map((problem) => markup`<li>${problem}</li>`);
  return markup`${left.length > 0 ? markup`<div class="notice">Not complete, and in no average below:<ul>${left}</ul></div>` : null}
${groups.length > 1 ? unlike(groups) : null}
${problems.length > 0 ? markup`<div class="notice">Could not be read:<ul>${problems}</ul></div>` : null}
`;
}

function unlike(groups: readonly GroupReport[]): Markup {
  const differences = [...differingSettings(groups.map(({ runs }) => protocolOf(runs[0].record)))];
  const rows = differences.map(
    ([name, values]) =>
      markup`<li>${name}: ${values.map((value, i) => `${value ?? 'unset'} (${groupName(i)})`).join(', ')}</li>`,
  );
  return markup`<div class="notice">These runs follow ${groups.length} different protocols. Nothing is averaged or compared across them; they differ in<ul>${rows}</ul></div>`;
}

export const groupName = (index: number): string => `protocol ${index + 1}`;

/** Everything about the runs of one protocol. */
export async function groupSections(group: GroupReport, heading: string | null, id: string): Promise<Markup> {
  const title = heading === null ? null : markup`<h2 id="${id}">${capitalized(heading)}</h2>`;
  if (group.series.length === 0)
    return markup`${title}<p>No run is complete, so there is nothing to average or draw yet.</p>${protocol(group, id)}`;
  return markup`${title}
<section id="${id}-summary"><h2>Summary</h2>
<ul>${summarize(group).map((sentence) => markup`<li>${sentence}</li>`)}</ul></section>
<section id="${id}-metrics"><h2>Metrics</h2>
<p class="muted">Mean ± standard deviation over seeds. ↑ more is better, ↓ less is better; the best mean of each column is bold. A dash: undefined for these runs. The last section says what each metric is.</p>
${metricTableHtml(group.table)}</section>
<section id="${id}-curves"><h2>Accuracy after every evaluation</h2>
<p class="muted">Evaluated: ${evaluationText(group.runs[0].record.evaluation)}. Every evaluation is drawn. The strip above each plot names the task being trained, in the colour of that task's curve; dashed lines mark the switches. Bands reach from the lowest to the highest seed.</p>
${taskNumbers(group)}
${await curveFigures(group)}</section>
${await switches(group, id)}
<section id="${id}-matrix"><h2>Accuracy matrix</h2>
<p class="muted">Accuracy on the whole test set of each task (columns) after training on each task (rows), mean over seeds. Italics: the task had not been trained yet.</p>
<div class="matrices">${group.series.map((series) => matrixTable(series, group.tasks))}</div></section>
${cost(group, id)}
${protocol(group, id)}
`;
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function taskNumbers({ tasks }: GroupReport): Markup | null {
  // Long names do not fit into the strip: it then counts the tasks.
  return markup`<p class="muted">Tasks in training order: ${tasks.map((task, i) => `${i + 1} = ${task}`).join(', ')}.</p>`;
}

async function switches(group: GroupReport, id: string): Promise<Markup | null> {
  const all = deepest(group.gaps);
  if (!all) return null;
  const recovered = deepestRecovered(group.gaps);
  return markup`<section id="${id}-gap"><h2>The deepest gap</h2>
${await switchSection(group, all, `Task ${all.gap.task} at the switch to ${all.gap.switchTask}, where ${all.series.label} fell the deepest of all methods.`)}
${
  recovered && recovered !== all
    ? await switchSection(
        group,
        recovered,
        `Task ${recovered.gap.task} at the switch to ${recovered.gap.switchTask}: the deepest gap that was made good, by ${recovered.series.label}.`,
      )
    : null
}
<h3>Each method's own deepest gap</h3>
${gapTable(group)}</section>`;
}

async function switchSection(group: GroupReport, shown: SeenGap, caption: string): Promise<Markup> {
  return markup`<p>${caption} <span class="muted">All methods in the same window. Blue: the seed with the deepest gap here; grey: the other seeds. The dashed level is the accuracy before the switch, the filled dot the minimum, the open dot the first evaluation that is back.</span></p>
${await switchFigures(group, shown)}`;
}

function gapTable({ series, gaps }: GroupReport): Markup {
  const rows = series.flatMap((one) => {
    const seen = deepest(gaps.filter((gap) => gap.series === one));
    if (!seen) return [];
    const { gap, run } = seen;
    const back = gap.recoveryStep === null ? 'not back' : gap.recoveryStep - gap.switchStep;
    return [
      [
        one.label,
        run.record.seed,
        gap.task,
        gap.switchTask,
        inWords(gap.reference),
        inWords(gap.minimum),
        inWords(gap.depth),
        gap.minimumStep - gap.switchStep,
        back,
      ],
    ];
  });
  const head = [
    'method',
    'seed',
    'task',
    'switch to',
    'before',
    'minimum',
    'depth',
    'updates to the minimum',
    'updates until back',
  ];
  return plainTable('Deepest gap of each method', head, rows);
}

function cost({ series }: GroupReport, id: string): Markup | null {
  const rows = series.map(({ label, runs }) => {
    const costs = runs.flatMap(({ record }) => (record.cost ? [record.cost] : []));
    const mean = (of: (cost: (typeof costs)[number]) => number, digits: number): string =>
      costs.length === 0 ? '–' : (costs.reduce((sum, one) => sum + of(one), 0) / costs.length).toFixed(digits);
    return [
      label,
      mean((c) => c.updates, 0),
      mean((c) => c.seconds.training, 1),
      mean((c) => c.seconds.evaluation, 1),
      mean((c) => c.trainingFlops / 1e9, 2),
      mean((c) => c.peakMemoryBytes / 2 ** 20, 0),
      mean((c) => c.extraBytes / 2 ** 20, 2),
    ];
  });
  const head = [
    'method',
    'updates',
    'training, s',
    'evaluation, s',
    'training, GFLOP',
    'peak memory, MiB',
    "method's own memory, MiB",
  ];
  return markup`<section id="${id}-cost"><h2>Cost</h2>
<p class="muted">Means over the seeds of one run. A multiply-add counts as two operations.</p>
${plainTable('Cost', head, rows)}</section>`;
}

function protocol(group: GroupReport, id: string): Markup {
  return markup`<section id="${id}-protocol"><h2>Protocol</h2>
${protocolFacts(group)}</section>`;
}

/** How to make the same runs again, from the configuration that made these. */
export function reproduce({ experiment }: ReportData): Markup {
  return markup`<section id="reproduce"><h2>Run it again</h2>
<p>The file <code>experiment.json</code> in the experiment's folder holds the whole configuration. The same configuration gives the same numbers on the same kind of machine:</p>
<pre>stabgap run experiment.json --out runs/${experiment.name}-again</pre>
<details><summary>experiment.json</summary>
<pre>${JSON.stringify(experiment.configuration, null, 2)}</pre></details></section>`;
}

/** What each metric is. */
export function glossary(): Markup {
  return markup`<section id="definitions"><h2>Definitions</h2>
${definitions(runMetrics)}</section>`;
}
