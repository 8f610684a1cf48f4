import type { ImporterCase } from './case.ts';

const header = 'block_num\texp_num\tworker_id\tblock_type\ttask_name\ttask_params\texp_status\ttimestamp\taccuracy';

/** A file of a block, an experience a row. */
function block(number: number, type: 'train' | 'test', first: number, rows: readonly (readonly [string, number])[]) {
  const lines = rows.map(([task, value], i) =>
    [number, first + i, 'w0', type, task, '', 'complete', '20210415T145944.089775', value].join('\t'),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

export const l2loggerCases: readonly ImporterCase[] = [
  {
    format: 'l2logger',
    files: {
      'logger_info.json': '{"metrics_columns": ["accuracy"], "log_format_version": "1.1"}',
      'scenario_info.json': '{"complexity": "1-low", "difficulty": "1-easy", "scenario_type": "custom"}',
      'w0/0-test/data-log.tsv': block(0, 'test', 0, [['a_1', 0.25], ['b_1', 0.5]]), // prettier-ignore
      'w0/1-train/data-log.tsv': block(1, 'train', 2, [['a_1', 0.4], ['a_1', 0.75]]), // prettier-ignore
      'w0/2-test/data-log.tsv': block(2, 'test', 4, [['a_1', 0.8125], ['b_1', 0.5625]]), // prettier-ignore
      'w0/3-train/data-log.tsv': block(3, 'train', 6, [['b_1', 0.5]]), // prettier-ignore
      'w0/4-test/data-log.tsv': block(4, 'test', 7, [['a_1', 0.7], ['b_1', 0.9], ['b_1', 0.8]]), // prettier-ignore
    },
    open: '',
    target: 'w0/2-test/data-log.tsv',
    number: '0.8125',
    delimiter: '\t',
    values: { 'a_1@0': 0.25, 'a_1@2': 0.8125, 'b_1@2': 0.5625, 'b_1@3': 0.85, 'a_1@4': 0.8125, 'b_1@9': 0.8 },
  },
];
