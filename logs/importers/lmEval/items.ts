import { basename } from 'node:path';
import type { EvaluationLog } from '../../types.ts';
import type { ItemResults } from '../importer.ts';
import { isRecord, parseLooseJson } from '../shared/looseJson.ts';
import type { Source } from '../shared/source.ts';

interface Of {
  readonly file: string;
  readonly step: number;
}

/**
 * Scores by document of `samples_<task>_<time>.jsonl` beside the results of the same folder and time: where the same documents were asked at two
 * checkpoints, their difference is known far better than each value. Null where there are no such files.
 */
export function readLmEvalItems(
  source: Source,
  checkpoints: readonly Of[],
  log: EvaluationLog,
  { metric, filter }: { readonly metric: string; readonly filter?: string },
): ItemResults | null {
  if (!source.isFolder) return null;
  const files = source.files().filter((file) => /(^|[/\\])samples_.+\.jsonl$/.test(file));
  if (files.length === 0) return null;
  const kept = new Map<string, ReadonlyMap<string, number> | null>();
  const fileOf = (task: number, row: number): string | undefined => {
    const results = checkpoints.find(({ step }) => step === log.steps[row])?.file;
    const time = results && /results_(.+)\.json$/.exec(basename(results))?.[1];
    const folder = results?.slice(0, results.length - basename(results).length);
    return files.find((file) => file === `${folder}samples_${log.tasks[task]}_${time}.jsonl`);
  };
  return {
    scores(task, row) {
      const file = fileOf(task, row);
      if (file === undefined) return null;
      if (!kept.has(file)) kept.set(file, readScores(source.open(file), metric, filter));
      return kept.get(file)!;
    },
  };
}

/** Scores by the hash of the document; null where a line has none, or two lines are of one document. */
function readScores(source: Source, metric: string, filter?: string): ReadonlyMap<string, number> | null {
  const scores = new Map<string, number>();
  const lines = source.text().split('\n');
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const sample = parseLooseJson(line, `${source.path}, row ${i + 1}`);
    if (!isRecord(sample)) return null;
    if (filter !== undefined && sample.filter !== undefined && sample.filter !== filter) continue;
    const { doc_hash: hash, [metric]: score } = sample;
    if (typeof hash !== 'string' || typeof score !== 'number' || scores.has(hash)) return null;
    scores.set(hash, score);
  }
  return scores.size > 0 ? scores : null;
}
