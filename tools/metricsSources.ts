import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/index.ts';
import { docstringsOf } from './docstrings.ts';
import { metricsPage } from './metricsPage.ts';
import type { Docstrings } from './metricsTables.ts';

/** The docstrings of all of metrics/. Of two things of one name the first is taken, in the order of the files. */
export function readMetricsDocstrings(): Docstrings {
  const folder = join(packageRoot, 'metrics');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const all = files.toSorted().flatMap((name) => docstringsOf(readFileSync(join(folder, name), 'utf8')));
  return new Map(all.toReversed().map((docstring) => [docstring.name, docstring]));
}

/** docs/metrics.md as it should be. */
export async function readMetricsPage(): Promise<string> {
  const outline = readFileSync(join(packageRoot, 'tools', 'metricsOutline.md'), 'utf8');
  return metricsPage(outline, readMetricsDocstrings());
}
