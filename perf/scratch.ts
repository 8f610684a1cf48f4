import { executeRun, planRuns, resolveExperiment } from '../harness/index.ts';
const methods = (process.argv[2] ?? 'finetune').split(',');
const extra = JSON.parse(process.argv[3] ?? '{}');
const experiment = resolveExperiment({ methods, seeds: 1, hidden: [100, 100], ...extra });
for (const plan of planRuns(experiment)) {
  const t = performance.now();
  const r = await executeRun(experiment, plan, { folder: '/tmp/scratch/exp', dataDir: extra.stream?.includes('mnist') ? '../shared/datasets' : undefined });
  console.log(plan.name, r.status, r.reason, JSON.stringify(r.cost), ((performance.now() - t) / 1000).toFixed(1) + 's');
}
