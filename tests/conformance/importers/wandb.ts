import type { ImporterCase } from './case.ts';

const chart = [
  '"trainer/global_step","brisk-pond-1 - eval/accuracy","brisk-pond-1 - eval/accuracy__MIN","brisk-pond-1 - eval/accuracy__MAX","bright-sun - 2 - eval/accuracy","bright-sun - 2 - eval/accuracy__MIN","bright-sun - 2 - eval/accuracy__MAX"',
  '"100","0.5125","0.5","0.53","","",""',
  '"200","0.6","0.6","0.6","0.7","0.7","0.7"',
  '"300","","","","0.65","0.65","0.65"',
  '',
].join('\n');

const history = [
  ',_step,_runtime,_timestamp,eval/arc/acc,eval/piqa/acc,train/loss,sample',
  '0,0,12.5,1717243200.5,,,2.5,"{""text"": ""a, b""}"',
  '1,100,24.5,1717243212.5,0.5125,0.7,,',
  '2,200,36.5,1717243224.5,0.6,NaN,1.5,',
  '3,300,48.5,1717243236.5,0.55,0.65,,',
  '',
].join('\n');

export const wandbCases: readonly ImporterCase[] = [
  {
    format: 'wandb',
    title: 'a chart of two runs',
    files: { 'wandb_export_2024-05-05T10_07_23.233-04_00.csv': chart },
    open: 'wandb_export_2024-05-05T10_07_23.233-04_00.csv',
    number: '0.5125',
    delimiter: ',',
    values: { 'eval@100': 0.5125, 'eval@200': 0.6 },
  },
  {
    format: 'wandb',
    title: 'a history with the index of pandas',
    files: { 'history.csv': history },
    open: 'history.csv',
    number: '0.5125',
    delimiter: ',',
    values: { 'arc@100': 0.5125, 'arc@200': 0.6, 'arc@300': 0.55, 'piqa@100': 0.7, 'piqa@300': 0.65 },
  },
];
