import type { ImporterCase } from './case.ts';

const csv = [
  'dataset,version,metric,mode,llama-step1000_hf,llama-step2000_hf',
  '--------- Exam ---------,-,-,-,-,-',
  'gsm8k,1d7fe4,accuracy,gen,65.62,60.25',
  'piqa,b2c3d4,accuracy,ppl,-,70.50',
  'ceval,-,-,-,-,-',
  '',
].join('\n');

const line = (mark: string): string => mark.repeat(128);

// The blocks of a summary as DefaultSummarizer writes them.
const txt = [
  '20240601_120000',
  'tabulate format',
  line('^'),
  'dataset    version    metric    mode      llama-step1000_hf    llama-step2000_hf',
  '---------  ---------  --------  ------  -------------------  -------------------',
  'gsm8k      1d7fe4     accuracy  gen                   65.6                60.2',
  line('$'),
  '',
  `${line('-')} THIS IS A DIVIDER ${line('-')}`,
  '',
  'csv format',
  line('^'),
  ...csv.trimEnd().split('\n'),
  line('$'),
  '',
  'markdown format',
  line('^'),
  '| dataset | version | metric | mode | llama-step1000_hf | llama-step2000_hf |',
  '|----- | ----- | ----- | ----- | ----- | -----|',
  '',
  line('$'),
  '',
].join('\n');

const values = { 'gsm8k@1000': 0.6562, 'gsm8k@2000': 0.6025, 'piqa@2000': 0.705 };

export const opencompassCases: readonly ImporterCase[] = [
  {
    format: 'opencompass',
    title: 'a summary of two checkpoints',
    files: { 'summary_20240601_120000.csv': csv },
    open: 'summary_20240601_120000.csv',
    number: '65.62',
    delimiter: ',',
    values,
  },
  {
    format: 'opencompass',
    title: 'the text beside it',
    files: { 'summary_20240601_120000.txt': txt },
    open: 'summary_20240601_120000.txt',
    number: '65.62',
    values,
  },
  {
    format: 'opencompass',
    title: 'a folder of checkpoints',
    files: {
      'iter_200/20240601_120000/summary/summary_20240601_120000.csv':
        'dataset,version,metric,mode,llama\ngsm8k,1d7fe4,accuracy,gen,65.62\npiqa,b2c3d4,accuracy,ppl,62.00\n',
      'iter_1000/20240602_120000/summary/summary_20240602_120000.csv':
        'dataset,version,metric,mode,llama\ngsm8k,1d7fe4,accuracy,gen,70.00\npiqa,b2c3d4,accuracy,ppl,75.00\n',
    },
    open: '',
    number: '65.62',
    delimiter: ',',
    values: { 'gsm8k@200': 0.6562, 'gsm8k@1000': 0.7, 'piqa@200': 0.62, 'piqa@1000': 0.75 },
  },
];
