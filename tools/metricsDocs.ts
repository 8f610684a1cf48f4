/** @file `npm run docs:metrics`: writes docs/metrics.md from the docstrings of metrics/ and an outline. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/index.ts';
import { readMetricsPage } from './metricsSources.ts';

writeFileSync(join(packageRoot, 'docs', 'metrics.md'), await readMetricsPage());
