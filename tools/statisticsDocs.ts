/** @file `npm run docs:statistics`: simulates how often intervals hold what they should, for the table in docs/statistics.md. Minutes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/index.ts';
import { withCoverageTable } from './intervalCoverage.ts';

const path = join(packageRoot, 'docs', 'statistics.md');
writeFileSync(path, withCoverageTable(readFileSync(path, 'utf8'), { repetitions: 10_000, resamples: 1000, seed: 1 }));
