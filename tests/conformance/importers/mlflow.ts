import type { ImporterCase } from './case.ts';

/** Steps 100, 200, … as FileStore.log_metric appends them. */
const metric = (values: readonly number[]): string =>
  values.map((value, i) => `${1717243200123 + 60_000 * i} ${value} ${100 * (i + 1)}\n`).join('');

const run = (id: string, name: string): string =>
  [
    `artifact_uri: file:///tmp/mlruns/0/${id}/artifacts`,
    'end_time: 1717243800456',
    "entry_point_name: ''",
    "experiment_id: '0'",
    'lifecycle_stage: active',
    `run_id: ${id}`,
    `run_name: ${name}`,
    'status: 3',
    'tags: []',
    '',
  ].join('\n');

export const mlflowCases: readonly ImporterCase[] = [
  {
    format: 'mlflow',
    title: 'a store of two runs, keys with slashes',
    files: {
      'mlruns/0/73ed5776f5e04e23be739d46812cb6bd/metrics/eval/arc/acc': metric([0.5125, 0.6, 0.55]),
      'mlruns/0/73ed5776f5e04e23be739d46812cb6bd/metrics/eval/piqa/acc': metric([0.7, 0.65]),
      'mlruns/0/73ed5776f5e04e23be739d46812cb6bd/metrics/loss': metric([2.5, 1.5]),
      'mlruns/0/73ed5776f5e04e23be739d46812cb6bd/meta.yaml': run(
        '73ed5776f5e04e23be739d46812cb6bd',
        'beautiful-dog-902',
      ),
      'mlruns/0/73ed5776f5e04e23be739d46812cb6bd/params/lr': '0.001',
      'mlruns/0/1c6b2d5b909041df93e6e00b960de019/metrics/eval/arc/acc': metric([0.4]),
      'mlruns/0/1c6b2d5b909041df93e6e00b960de019/meta.yaml': run('1c6b2d5b909041df93e6e00b960de019', 'wistful-ant-659'),
      'mlruns/0/meta.yaml': "experiment_id: '0'\nlifecycle_stage: active\nname: Default\n",
    },
    open: 'mlruns',
    number: '0.5125',
    delimiter: ' ',
    values: { 'arc@100': 0.4, 'piqa@100': 0.7, 'arc@200': 0.6 },
  },
  {
    format: 'mlflow',
    title: 'the metrics of a run',
    files: { 'metrics/eval_accuracy': metric([0.5125, 0.6, 0.55]) },
    open: 'metrics',
    number: '0.5125',
    delimiter: ' ',
    values: { 'eval@100': 0.5125, 'eval@200': 0.6, 'eval@300': 0.55 },
  },
];
