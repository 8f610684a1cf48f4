import type { ImporterCase } from './case.ts';

const checkpoint = (step: number, arc: number, piqa: number): string =>
  `${JSON.stringify(
    {
      results: { arc: { acc: arc, acc_stderr: 0.0123 }, piqa: { acc: piqa, acc_stderr: 0.0144 } },
      versions: { arc: 0, piqa: 0 },
      config: { model: 'hf-causal', model_args: `pretrained=org/m,revision=step${step}`, limit: null },
    },
    null,
    2,
  )}\n`;

export const lmEvalCases: readonly ImporterCase[] = [
  {
    format: 'lm-eval',
    title: 'old layout, a folder',
    files: { 'a.json': checkpoint(1000, 0.5125, 0.6), 'b.json': checkpoint(2000, 0.4, 0.7) },
    open: '',
    number: '0.5125',
    values: { 'arc@1000': 0.5125, 'piqa@1000': 0.6, 'arc@2000': 0.4, 'piqa@2000': 0.7 },
  },
];
