import type { Experiment, RunRecord } from '../../../logs/index.ts';
import { makeExperiment, smallPlan, withRecord } from '../fixture.ts';

/**
 * ACC by method and seed. Differences from b: a .10, .09, .11 (mean .1, standard deviation .01, t = 10 √3), c .01, −.02, .03
 * (mean 1/150, variance 19/30000, t = 2/√19). With two degrees of freedom p = 1 − t/√(2 + t²): .003317 and .691.
 */
export const threeSeeds = { a: [0.8, 0.82, 0.84], b: [0.9, 0.91, 0.95], c: [0.89, 0.93, 0.92] };

/** An experiment with these ACC, seed by seed; a run for each number, none for null. FORG is .9 − ACC. */
export function scoredExperiment(
  scores: Readonly<Record<string, readonly (number | null)[]>>,
  { name = 'made-up', change = (record: RunRecord): RunRecord => record } = {},
): Experiment {
  const labels = Object.keys(scores);
  const seeds = scores[labels[0]].map((_, i) => i + 1);
  const methods = labels.map((label) => ({ label, fall: 0.5, tau: 12, loss: 0.02 }));
  const experiment = makeExperiment({ ...smallPlan, methods, seeds, tasks: ['0/1', '2/3'] });
  const runs = experiment.runs.flatMap((run) => {
    const acc = scores[run.record.method.label][run.record.seed - 1];
    if (acc === null) return [];
    const rows = [[0.9, 0], [acc, acc]]; // prettier-ignore
    return [withRecord({ ...run, matrix: { tasks: ['0/1', '2/3'], initial: null, rows } }, (r) => change(trained(r)))];
  });
  return { ...experiment, name, path: `runs/${name}`, runs };
}

/** The keys that the harness writes. */
const trained = (record: RunRecord): RunRecord => ({
  ...record,
  training: { epochs: 1, batch: 10, lr: 0.05, schedule: 'constant', optimizer: 'sgd', momentum: 0, weightDecay: 0 },
});
