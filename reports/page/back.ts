import { runMetrics } from '../../metrics/index.ts';
import type { ReportData } from '../data.ts';
import type { Section } from './group.ts';
import { markup } from './markup.ts';
import { definitions } from './tables.ts';

/** How to make the same runs again, from the configuration that made these. */
export function reproduction({ experiment }: ReportData): Section {
  return {
    id: 'again',
    name: 'run it again',
    body: markup`<h2>Run it again</h2>
<p>The file <code>experiment.json</code> in the experiment's folder holds the whole configuration. On the same kind of machine it gives the same numbers.</p>
<pre>stabgap run experiment.json --out runs/again</pre>
<details><summary>experiment.json</summary>
<pre>${JSON.stringify(experiment.configuration, null, 2)}</pre></details>`,
  };
}

/** What each metric is that a table shows. */
export function glossary({ groups }: ReportData): Section {
  const shown = runMetrics.filter(
    (metric) => !metric.onRequest || groups.some(({ table }) => table.metrics.includes(metric)),
  );
  return { id: 'definitions', name: 'definitions', body: markup`<h2>Definitions</h2>${definitions(shown)}` };
}
