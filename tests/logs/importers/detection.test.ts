import { assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importers } from '../../../logs/importers/registry.ts';
import { openSource } from '../../../logs/importers/shared/source.ts';
import { importerCases } from '../../conformance/importers/cases.ts';
import { written } from './written.ts';

/** Formats that are told by marks of their own; generic tables may read what others write. */
const telling = importers.filter(({ name }) =>
  ['trainer-state', 'tensorboard', 'wandb', 'mlflow', 'opencompass'].includes(name),
);

/** Files of this project, and of tools whose tables are plain. */
const plain: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'an evaluation log': { 'accuracy.csv': 'step,training_task,a,b\n0,a,0.5,\n1,a,0.75,\n' },
  'a tidy table': { 'results.csv': 'step,task,metric,value\n1,arc,acc,0.5\n' },
  'a table with a time': { 'log.csv': 'wall time,step,value,task\n1,2,0.5,a\n' },
  'a matrix': { 'matrix.csv': 'trained,a,b\na,0.75,0\nb,0.5,1\n' },
  'rows of numbers': { 'acc_tag.txt': '0.81 0.32 \n0.71 0.62 \n' },
  'rows of numbers in a folder called metrics': { 'metrics/acc': '1 0.5 10\n2 0.6 20\n' },
  'results of an evaluation': { 'r.json': '{"results": {"arc": {"acc": 0.5}}}' },
  samples: { 'samples_arc.jsonl': '{"doc_id": 0, "acc": 1.0}\n' },
  nothing: {},
};

describe.each(telling)('$name', (importer) => {
  test.each(importerCases.filter(({ format }) => format !== importer.name))('leaves alone: $format $title', (other) => {
    expect(importer.detects(openSource(written(other.files, other.open)))).toBe(false);
  });

  test.each(Object.entries(plain))('leaves alone: %s', (_, files) => {
    for (const open of ['', ...Object.keys(files)])
      expect(importer.detects(openSource(written(files, open))), open).toBe(false);
  });

  test('never throws', () => {
    const text = oneof(
      string({ unit: 'binary', maxLength: 200 }),
      constantFrom('{"log_history": [', 'Wall time,Step,Value', 'x,y - z__MIN,y - z__MAX', '_step', '1717243200000 1'),
    );
    assert(
      property(text, (content) => {
        for (const name of ['trainer_state.json', 'run-a-tag-b.csv', 'metrics/acc', 'summary.txt'])
          for (const open of ['', name])
            expect(typeof importer.detects(openSource(written({ [name]: content }, open)))).toBe('boolean');
      }),
      { numRuns: 30 },
    );
  });
});
