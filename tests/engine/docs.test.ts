import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import { kernels } from '../../engine/trace/kernels/index.ts';
import { unmapped } from '../../engine/trace/unmapped.ts';
import { kernelNames, withKernelTable } from '../../tools/kernelTable.ts';

test('every kernel of tfjs is either mapped or explained, and nothing else is', () => {
  const names = kernelNames();
  // tfjs-core 4.22 exports 180.
  expect(names).toHaveLength(180);
  expect([...Object.keys(kernels), ...Object.keys(unmapped)].toSorted()).toEqual(names.toSorted());
});

test('docs/engine.md shows the kernels as they are (npm run docs:engine)', () => {
  const page = readFileSync(join(packageRoot, 'docs', 'engine.md'), 'utf8');
  expect(withKernelTable(page)).toBe(page);
});
