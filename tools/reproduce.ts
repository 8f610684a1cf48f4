/**
 * @file `npm run reproduce -- <folder>…`: puts the results of finished experiments into tests/reproduction/targets.csv and says which
 * lie inside their bands; then brings the methods' pages up to date, which without a folder is all it does. An experiment that bears the name of a recipe counts as its run; targets and bands are left as they are.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { readExperiment, type Run } from '../logs/index.ts';
import { meanAndStd } from '../metrics/index.ts';
import { pagesOf } from './methodPages.ts';
import { withPublishedNumbers } from './publishedNumbers.ts';
import { targetMetrics } from './targetMetrics.ts';
import { isInside, readTargets, writeTargets } from './targets.ts';

const folders = process.argv.slice(2);

const experiments = folders.map((folder) => readExperiment(folder));
const targets = readTargets();
for (const target of targets) {
  const runs = experiments
    .filter(({ name }) => name === target.recipe)
    .flatMap((experiment) => experiment.runs)
    .filter(({ record }) => record.method.label === target.method && record.status === 'complete');
  const { mean, std, n } = meanAndStd(runs.map((run) => percentage(run, target.metric)));
  if (mean === null) continue;
  target.mean = mean.toFixed(2);
  target.std = std?.toFixed(2) ?? '';
  target.seeds = String(n);
  const name = `${target.recipe} ${target.method} ${target.metric}`;
  const band = `${isInside(target) ? 'inside' : 'OUTSIDE'} ${target.low} to ${target.high}`;
  process.stdout.write(
    `${name}: ${target.mean} ± ${target.std} (${n} seeds), published ${target.published}: ${band}\n`,
  );
}
writeTargets(targets);
for (const page of pagesOf(targets))
  writeFileSync(page.path, withPublishedNumbers(readFileSync(page.path, 'utf8'), page.targets));

function percentage({ accuracy, matrix }: Run, name: string): number | null {
  const compute = targetMetrics[name];
  if (!compute) throw new Error(`targets.csv: unknown metric: ${name}`);
  const value = compute({ accuracy, matrix });
  return value === null ? null : 100 * value;
}
