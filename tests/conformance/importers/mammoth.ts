import type { ImporterCase } from './case.ts';

// As Logger.write of Mammoth (e75a491) prints it: arguments, then means and accuracies. NumPy breaks long arrays into lines.
const text = `{'dataset': 'seq-mnist', 'model': 'er', 'seed': 3, 'device': device(type='cuda', index=0), 'class_order': array([8, 2, 5,
       6, 3, 1,
       0, 7, 4, 9]), 'eval_epochs': None, 'accmean_task1': np.float64(99.86), 'accmean_task2': np.float64(92.44), 'accuracy_1_task1': 99.861, 'accuracy_1_task2': 88.65,
 'accuracy_2_task2': 96.23, 'cpu_memory_usage': [812.5, 813.0], 'gpu_memory_usage': [{0: 64.0}], 'forward_transfer': None, 'backward_transfer': None, 'forgetting': None}
`;

export const mammothCases: readonly ImporterCase[] = [
  {
    format: 'mammoth',
    files: { 'logs.pyd': text },
    open: 'logs.pyd',
    number: '99.861',
    values: { 'task1@task1': 0.99861, 'task1@task2': 0.8865, 'task2@task2': 0.9623 },
  },
  {
    format: 'mammoth',
    title: 'a folder',
    files: { 'class-il/seq-mnist/er/logs.pyd': text, 'notes.txt': 'to do\n' },
    open: '',
    number: '96.23',
    values: { 'task2@task2': 0.9623 },
  },
];
