import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../base/index.ts';
import type { Experiment } from '../logs/index.ts';
import { reportData } from './data.ts';
import { reportPage } from './page/page.ts';

/** An experiment's report as one HTML document that opens without a network. Same experiment, same bytes. */
export function renderReport(experiment: Experiment): Promise<string> {
  return reportPage(reportData(experiment));
}

/** Writes {@link renderReport}'s document; a file that is there already is replaced whole. Makes missing folders. */
export async function writeReport(experiment: Experiment, outFile: string): Promise<void> {
  const page = await renderReport(experiment);
  mkdirSync(dirname(outFile), { recursive: true });
  writeFileAtomic(outFile, page);
}
