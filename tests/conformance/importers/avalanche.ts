import type { ImporterCase } from './case.ts';

const metric = (stream: string, experience: number): string =>
  `Top1_Acc_Exp/eval_phase/${stream}_stream/Task000/Exp00${experience}`;

/** The lines of an evaluation as TextLogger prints them. */
function evaluation(values: readonly string[]): string[] {
  return [
    '-- >> Start of eval phase << --',
    ...values.flatMap((value, i) => [
      `-- Starting eval on experience ${i} (Task 0) from test stream --`,
      `> Eval on experience ${i} (Task 0) from test stream ended.`,
      `\tLoss_Exp/eval_phase/test_stream/Task000/Exp00${i} = 1.1000`,
      `\t${metric('test', i)} = ${value}`,
    ]),
    '-- >> End of eval phase << --',
    '\tLoss_Stream/eval_phase/test_stream/Task000 = 1.1000',
  ];
}

function training(experience: number, named: boolean): string[] {
  return [
    '-- >> Start of training phase << --',
    ...(named ? [`-- Starting training on experience ${experience} (Task 0) from train stream --`] : []),
    'Epoch 0 ended.',
    '\tTop1_Acc_Epoch/train_phase/train_stream/Task000 = 0.8935',
    '-- >> End of training phase << --',
  ];
}

const printed = (named: boolean): string =>
  `${[
    ...training(0, named),
    'Computing accuracy on the whole test set',
    ...evaluation(['0.8125', '0.0000']),
    ...training(1, named),
    ...evaluation(['0.2950', '0.9917']),
  ].join('\n')}\n`;

const entry = (step: number, values: readonly number[]): string =>
  JSON.stringify({
    step,
    'Loss_Epoch/train_phase/train_stream/Task000': 0.1,
    mb_index: step / 3,
    ...Object.fromEntries(values.map((value, i) => [metric('test', i), value])),
    'Top1_Acc_Stream/eval_phase/test_stream/Task000': 0.5,
  });

const results = [
  'eval_exp,training_exp,eval_accuracy,eval_loss,forgetting',
  '0,None,0.1012,2.3026,0',
  '1,None,0.0988,2.3026,0',
  '0,0,0.9871,0.0432,0',
  '1,0,0.0000,5.8231,0',
  '0,1,0.3125,4.0310,0.6746',
  '1,1,0.9804,0.0612,0',
  '',
].join('\n');

export const avalancheCases: readonly ImporterCase[] = [
  {
    format: 'avalanche',
    title: 'eval_results.csv',
    files: { 'eval_results.csv': results },
    open: 'eval_results.csv',
    number: '0.3125',
    delimiter: ',',
    values: { 'Exp000@initial': 0.1012, 'Exp000@Exp000': 0.9871, 'Exp000@Exp001': 0.3125, 'Exp001@Exp001': 0.9804 },
  },
  {
    format: 'avalanche',
    title: 'the folder of a CSVLogger',
    files: {
      'csvlogs/eval_results.csv': results,
      'csvlogs/training_results.csv':
        'training_exp,epoch,training_accuracy,val_accuracy,training_loss,val_loss\n0,0,0.9,0,0.3,0\n1,0,0.95,0,0.2,0\n',
    },
    open: '',
    number: '0.3125',
    delimiter: ',',
    values: { 'Exp000@Exp001': 0.3125 },
  },
  {
    format: 'avalanche',
    title: 'training_results.csv',
    files: {
      'training_results.csv': `${[
        'training_exp,epoch,training_accuracy,val_accuracy,training_loss,val_loss',
        '0,0,0.8125,0,0.4032,0',
        '0,1,0.9471,0.9943,0.1432,0.0190',
        '1,0,0.7171,0.9643,0.9432,0.1190',
        '1,1,0.8871,0.9843,0.5432,0.0790',
      ].join('\n')}\n`,
    },
    open: 'training_results.csv',
    number: '0.7171',
    delimiter: ',',
    values: { 'Exp000@1': 0.8125, 'Exp000@2': 0.9471, 'Exp001@3': 0.7171, 'Exp001@4': 0.8871 },
  },
  {
    format: 'avalanche',
    title: 'what TextLogger prints',
    files: { 'log.txt': printed(true) },
    open: 'log.txt',
    number: '0.2950',
    values: { 'Exp000@Exp000': 0.8125, 'Exp001@Exp000': 0, 'Exp000@Exp001': 0.295, 'Exp001@Exp001': 0.9917 },
  },
  {
    format: 'avalanche',
    title: 'what InteractiveLogger prints',
    files: { 'log.txt': printed(false) },
    open: 'log.txt',
    number: '0.2950',
    values: { 'Exp000@Exp000': 0.8125, 'Exp000@Exp001': 0.295 },
  },
  {
    format: 'avalanche',
    title: 'JSON lines of ocl_survey',
    files: {
      'logs.json': `${[entry(711, [0.67]), entry(1422, [0.4062, 0.81]), entry(2133, [0.292, 0.638, 0.49])].join('\n')}\n`,
    },
    open: 'logs.json',
    number: '0.4062',
    values: { 'Exp000@711': 0.67, 'Exp000@1422': 0.4062, 'Exp000@Exp001': 0.4062, 'Exp002@Exp002': 0.49 },
  },
];
