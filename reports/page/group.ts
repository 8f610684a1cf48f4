import { fadingFactor } from '../../metrics/index.ts';
import type { GroupReport } from '../data.ts';
import { summarize } from '../summary.ts';
import { costSection } from './cost.ts';
import { curveFigures, prequentialFigures } from './figures.ts';
import { gapSection } from './gapSection.ts';
import { gradientSection } from './gradientSection.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { matrixTable } from './matrixTable.ts';
import { evaluationText, protocolFacts } from './protocol.ts';
import { columnTests } from '../significance.ts';
import { metricSection } from './metricSection.ts';

/** A part of the page that the contents link to. */
export interface Section {
  readonly id: string;
  readonly name: string;
  readonly body: Markup;
}

/** Everything about the runs of one protocol. `prefix` keeps the sections of several protocols apart. */
export async function groupSections(group: GroupReport, prefix: string): Promise<Section[]> {
  const protocol = { name: 'protocol', body: markup`<h2>Protocol</h2>${protocolFacts(group)}` };
  const tests = columnTests(group, group.table);
  const gaps = await gapSection(group, prefix);
  const gradients = await gradientSection(group);
  const stream = await prequentialFigures(group);
  const parts =
    group.series.length === 0
      ? [
          {
            name: 'summary',
            body: markup`<h2>Summary</h2><p>No run is complete, so there is nothing to average or draw.</p>`,
          },
        ]
      : [
          { name: 'summary', body: summary(group) },
          { name: 'metrics', body: metricSection(group, tests, prefix) },
          { name: 'curves', body: await curves(group) },
          ...(gaps ? [{ name: 'deepest gap', body: gaps }] : []),
          ...(gradients ? [{ name: 'gradients', body: gradients }] : []),
          ...(stream ? [{ name: 'prequential', body: prequential(stream) }] : []),
          { name: 'matrix', body: matrices(group) },
          { name: 'cost', body: await costSection(group, prefix) },
        ];
  return [...parts, protocol].map((part) => ({ ...part, id: `${prefix}-${part.name.replace(' ', '-')}` }));
}

function summary(group: GroupReport): Markup {
  return markup`<h2>Summary</h2>
<ul>${summarize(group).map((sentence) => markup`<li>${sentence}</li>`)}</ul>`;
}

async function curves(group: GroupReport): Promise<Markup> {
  return markup`<h2>Accuracy after every evaluation</h2>
<p class="muted">Evaluated: ${evaluationText(group.runs[0].record.evaluation)}. Every evaluation is drawn. The strip above each plot shows which task
is being trained, in the colour of that task's curve; dashed lines mark the switches.</p>
${await curveFigures(group)}`;
}

function prequential(figures: Markup): Markup {
  return markup`<h2>Accuracy on the stream, before it is learnt</h2>
<p class="muted">Every batch is predicted just before its update. Each sample counts ${fadingFactor} times what the next one counts; the colour and the strip
show which task is being trained.</p>
${figures}`;
}

function matrices({ series, tasks }: GroupReport): Markup {
  return markup`<h2>Accuracy matrix</h2>
<p class="muted">Accuracy on the whole test set of each task (columns) after training on each task (rows), mean over seeds.
Italics: the task had not been trained yet.</p>
<div class="matrices">${series.map((one) => matrixTable(one, tasks))}</div>`;
}
