/**
 * @file `npm run reproduce -- <folder>…`: puts the results of finished experiments into tests/reproduction/targets.csv and says which
 * lie inside their bands. An experiment that bears the name of a recipe counts as its run; targets and bands are left as they are.
 */
import { readExperiment, type Run } from '../logs/index.ts';
import { meanAndStd, runMetrics } from '../metrics/index.ts';
import { isInside, readTargets, writeTargets } from './targets.ts';

const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error('usage: npm run reproduce -- <experiment folder>…');

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

function percentage({ accuracy, matrix }: Run, name: string): number | null {
  const metric = runMetrics.find((each) => each.name === name);
  if (!metric) throw new Error(`targets.csv: unknown metric: ${name}`);
  const value = metric.compute({ accuracy, matrix });
  return value === null ? null : 100 * value;
}
