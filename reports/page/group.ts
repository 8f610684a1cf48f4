import { fadingFactor } from '../../metrics/index.ts';
import type { GroupReport } from '../data.ts';
import { finalAccuracy, gapSummary } from '../summary.ts';
import { costSection } from './cost.ts';
import { curveParts, prequentialFigures } from './figures.ts';
import type { CurveParts } from './figures.ts';
import { gapSection } from './gapSection.ts';
import { gradientSection } from './gradientSection.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { matrixTable } from './matrixTable.ts';
import { multiples } from './multiples.ts';
import { evaluationText, protocolFacts } from './protocol.ts';
import { claims, closedClaims } from '../claims.ts';
import { columnTests } from '../significance.ts';
import type { ColumnTest } from '../significance.ts';
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
  const drawn = await curveParts(group, prefix);
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
          { name: 'summary', body: summary(group, tests) },
          { name: 'metrics', body: metricSection(group, tests, prefix) },
          { name: 'curves', body: curves(group, drawn) },
          ...(drawn.switches ? [{ name: 'switches', body: switches(drawn.switches) }] : []),
          ...(gaps ? [{ name: 'deepest gap', body: gaps }] : []),
          ...(gradients ? [{ name: 'gradients', body: gradients }] : []),
          ...(stream ? [{ name: 'prequential', body: prequential(stream) }] : []),
          { name: 'matrix', body: matrices(group) },
          { name: 'cost', body: await costSection(group, prefix) },
        ];
  return [...parts, protocol].map((part) => ({ ...part, id: `${prefix}-${part.name.replace(' ', '-')}` }));
}

function summary(group: GroupReport, tests: readonly (ColumnTest | null)[]): Markup {
  const list = (title: string, sentences: readonly (string | null)[]): Markup | null => {
    const known = sentences.filter((each) => each !== null);
    if (known.length === 0) return null;
    return markup`<h3>${title}</h3>
<ul>${known.map((sentence) => markup`<li>${sentence}</li>`)}</ul>
`;
  };
  return markup`<h2>Summary</h2>
${list('Who does best', [finalAccuracy(group), ...claims(group, tests)])}${list('Where the gaps are', [...gapSummary(group), closedClaims(group)])}`;
}

function curves(group: GroupReport, drawn: CurveParts): Markup {
  return markup`<h2>Accuracy after every evaluation</h2>
<p class="muted">Evaluated: ${evaluationText(group.runs[0].record.evaluation)}. Every evaluation is in the charts. The strip above each plot shows which task
is being trained, in the colour of that task's curve; dashed lines mark the switches.<span class="hands"> Drag sideways to zoom; a task's name hides its curve; values are those under the
pointer, else the last ones.</span></p>
${drawn.curves}
${multiples(drawn.rows, group.tasks)}`;
}

function switches(figures: Markup): Markup {
  return markup`<h2>Every switch at 0</h2>
<p class="muted">The old tasks around all switches of a method, laid over each other: a line for each task at each switch, mean over seeds. A stability gap is the dip
to the right of 0, forgetting what does not come back. The dot marks the deepest fall of a line; the words count all gaps of all seeds.</p>
${figures}`;
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
