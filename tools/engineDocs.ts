/** @file `npm run docs:engine`: writes the table of kernels in docs/engine.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/index.ts';
import { withKernelTable } from './kernelTable.ts';

const path = join(packageRoot, 'docs', 'engine.md');
writeFileSync(path, withKernelTable(readFileSync(path, 'utf8')));
