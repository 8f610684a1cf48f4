import { runMetrics } from '../../metrics/index.ts';
import { bibtexOf } from '../bibtex.ts';
import { packageVersion } from '../../base/index.ts';
import type { ReportData } from '../data.ts';
import { listed } from '../format.ts';
import type { Section } from './group.ts';
import { markup } from './markup.ts';
import { distinct } from './protocol.ts';
import { definitions } from './tables.ts';

/** How to make the same runs again, from the configuration that made these, and what to cite. */
export async function reproduction({ experiment }: ReportData): Promise<Section> {
  // Loads the engine, which nothing else of a report needs.
  const { methods } = await import('../../methods/index.ts');
  const versions = distinct(experiment.runs.map(({ record }) => record.versions.stabgap ?? packageVersion));
  const names = distinct(experiment.runs.map(({ record }) => record.method.name));
  const entries = methods.filter(({ name }) => names.includes(name)).map(bibtexOf);
  return {
    id: 'again',
    name: 'how to reproduce',
    body: markup`<h2>How to reproduce</h2>
<p>The file <code>experiment.json</code> in the experiment's folder holds the whole configuration. On the same kind of machine, with the same
version (${listed(versions.map((version) => `stabgap ${version}`))}), it gives the same numbers; the section on the protocol has the rest.</p>
<pre tabindex="0">stabgap run experiment.json --out runs/again
stabgap report runs/again</pre>
<details><summary>experiment.json</summary>
<pre tabindex="0">${JSON.stringify(experiment.configuration, null, 2)}</pre></details>
${
  entries.length === 0
    ? null
    : markup`<details><summary>BibTeX of the methods</summary>
<p class="muted">What is known here: the method's name and where its paper is. Authors and the paper's title are to be filled in from there.</p>
<pre tabindex="0">${entries.join('\n\n')}</pre></details>`
}`,
  };
}

/** What each metric is that a table shows. */
export function glossary({ groups }: ReportData): Section {
  const shown = runMetrics.filter(
    (metric) => !metric.onRequest || groups.some(({ table }) => table.metrics.includes(metric)),
  );
  return { id: 'definitions', name: 'definitions', body: markup`<h2>Definitions</h2>${definitions(shown)}` };
}
