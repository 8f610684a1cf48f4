import type { Analysed, Analysis, AnalysisEvent } from '../../analysis/index.ts';
import { courseFigure } from '../charts/courseFigure.ts';
import { counted, listed } from '../format.ts';
import { pageDocument } from '../page/document.ts';
import { image } from '../page/image.ts';
import { markup } from '../page/markup.ts';
import type { Markup } from '../page/markup.ts';
import { plainTable } from '../page/tables.ts';
import { monitorTables } from './monitorRows.ts';
import { shownStep, shownValue } from './numbers.ts';
import { coursePanels } from './panels.ts';
import { roundHeads, roundRows } from './roundRows.ts';
import { eventCells, eventHeads, metricRows, taskHeads, taskRows } from './rows.ts';
import { kindNames, noiseNames } from './words.ts';

/** Figures of a run before the others are only in the table. */
const mostFigures = 24;

/** The analyses of one or more runs as one HTML document. Same analyses, same bytes. */
export async function analysisPage(runs: readonly Analysed[]): Promise<string> {
  const sections: Markup[] = [];
  for (const [i, run] of runs.entries()) sections.push(await runSection(run, `r${i + 1}`, runs.length > 1));
  const title = runs.length === 1 ? runs[0].analysis.name : `${runs.length} runs`;
  return pageDocument({
    title: `${title}: what dipped`,
    header: [markup`<h1>${title}</h1>`, runs.map(summary), runs.length > 1 ? contents(runs) : null],
    main: sections,
    source: 'the evaluation logs alone',
  });
}

/** In a sentence or two what was found. */
function summary({ analysis }: Analysed, _: number, all: readonly Analysed[]): Markup {
  const { events, alarms: warnings, name } = analysis;
  const parts = (['forgetting', 'stability_gap', 'backward_transfer'] as const).flatMap((kind) => {
    const found = events.filter((event) => event.kind === kind);
    if (found.length === 0) return [];
    const tasks = new Set(found.map(({ task }) => task)).size;
    return [`${casesOf(kind, found.length)} (${counted(tasks, 'task')})`];
  });
  const found = parts.length === 0 ? 'No event beyond noise' : listed(parts);
  const worst = events.find(({ kind }) => kind !== 'noise' && kind !== 'backward_transfer');
  return markup`<p>${all.length > 1 ? markup`<strong>${name}</strong>: ` : null}${warnings.length > 0 ? `${counted(warnings.length, 'alarm')}. ` : null}${found}.${worst ? ` ${worstInWords(worst)}` : ''}</p>
`;
}

function casesOf(kind: AnalysisEvent['kind'], count: number): string {
  return kind === 'stability_gap' ? counted(count, kindNames[kind]) : `${counted(count, 'case')} of ${kindNames[kind]}`;
}

function worstInWords({ task, reference, minimum, minimum_step, recovery_step, end, z }: AnalysisEvent): string {
  const back =
    recovery_step === null
      ? `; at the end it is at ${shownValue(end)}`
      : `, and was back at ${shownStep(recovery_step)}`;
  const errors = z === null ? '' : `, ${z.toFixed(1)} standard errors`;
  return `The worst: ${task} fell from ${shownValue(reference)} to ${shownValue(minimum)} at step ${shownStep(minimum_step)}${errors}${back}.`;
}

function contents(runs: readonly Analysed[]): Markup {
  const links = runs.map(({ analysis }, i) => markup`<a href="#r${i + 1}">${analysis.name}</a> `);
  return markup`<nav aria-label="runs">${links}</nav>
`;
}

async function runSection(run: Analysed, id: string, several: boolean): Promise<Markup> {
  const { analysis } = run;
  const panels = coursePanels(run);
  const images: Markup[] = [];
  for (const panel of panels.slice(0, mostFigures))
    images.push(await image(courseFigure(panel), `${panel.title}: ${panel.measure} over the steps; ${panel.subtitle}`));
  const more = panels.length - images.length;
  return markup`<section id="${id}">
${several ? markup`<h2 class="run">${analysis.name}</h2>` : null}
${notes(analysis)}
${alarms(analysis)}
<h2>Events, worst first</h2>
${eventTable(analysis)}
${
  images.length === 0
    ? null
    : markup`<h2>Tasks with an event</h2>
<p class="muted">Dashed line: the value before. Filled dot: the lowest value. Open dot: the first evaluation that chance could make of the value before.
Dashed uprights: the training task changes.${more > 0 ? ` ${more} more tasks with an event are in the table only.` : ''}</p>
<div class="figures">${images}</div>`
}
${monitorSection(analysis)}
${roundSection(analysis)}
${metricTable(analysis)}
<h2>All tasks</h2>
${plainTable('Tasks', taskHeads, taskRows(analysis))}
${method(analysis)}
</section>
`;
}

function notes({ notes: lines }: Analysis): Markup | null {
  if (lines.length === 0) return null;
  return markup`<div class="notice">How the log was read:<ul>${lines.map((line) => markup`<li>${line}</li>`)}</ul></div>`;
}

function alarms({ alarms: found, monitor }: Analysis): Markup | null {
  if (!monitor) return null;
  const list = found.map(({ text }) => markup`<li>${text}</li>`);
  return markup`<h2>Alarms, worst first</h2>
${found.length === 0 ? markup`<p>None.</p>` : markup`<ul>${list}</ul>`}`;
}

function monitorSection({ monitor }: Analysis): Markup | null {
  if (!monitor) return null;
  const tables = monitorTables(monitor).map(
    ({ benchmark, heads, rows, missing }) => markup`<h3>${benchmark === '' ? 'All problems' : benchmark}</h3>
${plainTable(`Answers by round ${benchmark}`, heads, rows)}
${missing.length === 0 ? null : markup`<p class="muted">Not there: ${missing.join('; ')}.</p>`}`,
  );
  return markup`<h2>Answers by round</h2>${tables}`;
}

function roundSection(analysis: Analysis): Markup | null {
  const rows = roundRows(analysis);
  if (rows.length === 0) return null;
  return markup`<h2>Last rounds</h2>
<p class="muted">Gain: against the round before; saturated: below two standard errors. Against best: with allowance for the choice of the best among the rounds before.
p: one-sided, adjusted by Holm over the tasks.</p>
${plainTable('Last rounds', roundHeads, rows)}`;
}

function eventTable({ events }: Analysis): Markup {
  const shown = events.filter(({ kind }) => kind !== 'noise');
  const noise = events.length - shown.length;
  const rest = noise === 0 ? null : markup`<p class="muted">${counted(noise, 'more move')} within noise.</p>`;
  if (shown.length === 0) return markup`<p>None beyond noise.</p>${rest}`;
  return markup`${plainTable('Events', eventHeads, shown.map(eventCells))}${rest}`;
}

function metricTable(analysis: Analysis): Markup | null {
  const rows = metricRows(analysis);
  return rows.length === 0
    ? null
    : markup`<h2>Metrics</h2>
${plainTable('Metrics', ['metric', 'value'], rows)}`;
}

/** By what right the verdicts are given. */
function method({ events, alpha, path, format, measure, higher_is_better }: Analysis): Markup {
  const sources = [...new Set(events.flatMap(({ noise }) => noise ?? []))].map((source) => noiseNames[source]);
  const noise =
    events.length === 0
      ? 'No task fell below where it was, so nothing was tested.'
      : sources.length === 0
        ? 'Nothing in the log tells how noisy its values are, so every fall counts.'
        : `The noise of values is known from ${listed(sources)}.`;
  return markup`<h2>How it was judged</h2>
<p>${noise} A fall is the lowest value after a switch (or a peak), tested with allowance for the number of evaluations; all tests of a run are adjusted by Holm, so that
a run in which nothing changed has any event with a chance of at most ${alpha}. A fall that came back is a <strong>stability gap</strong>, one that did not <strong>forgetting</strong>,
a rise of an earlier task <strong>backward transfer</strong>. z: depth in standard errors.</p>
<p class="muted">Read from ${path} as ${format}; ${measure}, ${higher_is_better ? 'higher' : 'lower'} is better.</p>`;
}
