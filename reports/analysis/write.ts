import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError, codeOf, messageOf, writeFileAtomic } from '../../base/index.ts';
import type { Analysed } from '../../analysis/index.ts';
import { analysisPage } from './page.ts';

/** Writes {@link analysisPage}'s document; a file that is there already is replaced whole. Makes missing folders. @throws {UserError} if it cannot be written */
export async function writeAnalysisReport(runs: readonly Analysed[], path: string): Promise<void> {
  const page = await analysisPage(runs);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic(path, page);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError(`${path}: the report cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
