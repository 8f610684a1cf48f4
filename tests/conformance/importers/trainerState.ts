import type { ImporterCase } from './case.ts';

type Row = Readonly<Record<string, number>>;

/** As `TrainerState.save_to_json` writes it: keys sorted, two spaces, a line end. */
const state = (step: number, history: readonly Row[]): string =>
  `${JSON.stringify({ best_metric: null, epoch: 1, global_step: step, is_world_process_zero: true, log_history: history, max_steps: 400 }, null, 2)}\n`;

const loss = (step: number): Row => ({ epoch: step / 200, learning_rate: 0.00005, loss: 1.2, step });
const times = (prefix: string): Row => ({
  [`${prefix}_runtime`]: 3.1,
  [`${prefix}_samples_per_second`]: 99.1,
  [`${prefix}_steps_per_second`]: 3.2,
});
const evaluated = (step: number, prefix: string, accuracy: number): Row => ({
  epoch: step / 200,
  [`${prefix}_accuracy`]: accuracy,
  [`${prefix}_loss`]: 1.5,
  ...times(prefix),
  step,
});

export const trainerStateCases: readonly ImporterCase[] = [
  {
    format: 'trainer-state',
    title: 'one evaluation set',
    files: {
      'trainer_state.json': state(200, [
        loss(100),
        evaluated(100, 'eval', 0.5125),
        loss(200),
        evaluated(200, 'eval', 0.6),
        { epoch: 1, step: 200, total_flos: 1e15, train_loss: 1.1, train_runtime: 60, train_samples_per_second: 50 },
      ]),
    },
    open: 'trainer_state.json',
    number: '0.5125',
    values: { 'eval@100': 0.5125, 'eval@200': 0.6 },
  },
  {
    format: 'trainer-state',
    title: 'a run of checkpoints with two evaluation sets',
    files: {
      'checkpoint-200/trainer_state.json': state(200, [
        evaluated(100, 'eval_arc', 0.5125),
        evaluated(100, 'eval_piqa', 0.7),
        evaluated(200, 'eval_arc', 0.6),
        evaluated(200, 'eval_piqa', 0.65),
      ]),
      'checkpoint-100/trainer_state.json': state(100, [
        evaluated(100, 'eval_arc', 0.5125),
        evaluated(100, 'eval_piqa', 0.7),
      ]),
      'checkpoint-200/config.json': '{"model_type": "llama"}\n',
    },
    open: '',
    number: '0.5125',
    values: { 'arc@100': 0.5125, 'piqa@100': 0.7, 'arc@200': 0.6, 'piqa@200': 0.65 },
  },
];
