import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError, codeOf, messageOf, writeFileAtomic } from '../../base/index.ts';
import { differingSettings, protocolOf } from '../../analysis/index.ts';
import type { Experiment } from '../../logs/index.ts';
import { reportData, type GroupReport } from '../data.ts';
import { figures, type FigureName, type FigureOptions } from './figures.ts';
import { renderSheet, type FigureFormat } from './render.ts';

export interface WriteFiguresOptions extends FigureOptions {
  readonly only: readonly FigureName[];
  readonly formats: readonly FigureFormat[];
  readonly folder: string;
}

export interface WrittenFigures {
  /** Paths, in the order in which they were written. */
  readonly files: readonly string[];
  /** What is in no figure, or in which of several folders it is, a line each. */
  readonly remarks: readonly string[];
}

/**
 * Writes figures of an experiment, each as `<folder>/<name>.<format>`. Runs that follow unlike protocols are never drawn together: each protocol has a
 * folder `protocol-1`, `protocol-2`, … of its own. Files that are there already are replaced. Same experiment, same options, same bytes.
 *
 * @throws {UserError} where there is nothing to draw, and where the folder cannot be written
 */
export async function writeFigures(experiment: Experiment, options: WriteFiguresOptions): Promise<WrittenFigures> {
  const { groups, excluded } = reportData(experiment);
  const drawn = groups.filter(({ series }) => series.length > 0);
  if (drawn.length === 0) throw new UserError(`${experiment.path}: no run is complete; go on with stabgap resume`);
  const remarks = [
    ...experiment.problems.map((problem) => `left out: ${problem}`),
    ...excluded.map(({ record }) => `left out: ${record.run} (${record.status})`),
  ];
  const folders = drawn.map((_, i) =>
    drawn.length === 1 ? options.folder : join(options.folder, `protocol-${i + 1}`),
  );
  if (drawn.length > 1) remarks.push(...protocolsIn(drawn, folders));
  const sheets = drawn.flatMap((group, i) =>
    options.only.flatMap((name) => {
      const sheet = figures[name](group, options);
      if (typeof sheet !== 'string') return [{ path: join(folders[i], name), folder: folders[i], sheet }];
      remarks.push(`no ${drawn.length === 1 ? name : join(`protocol-${i + 1}`, name)}: ${sheet}`);
      return [];
    }),
  );
  if (sheets.length === 0) throw new UserError(`${experiment.path}: nothing to draw: ${remarks.join('; ')}`);
  const files: string[] = [];
  for (const { path, folder, sheet } of sheets) {
    for (const format of options.formats) {
      const bytes = await renderSheet(sheet, format);
      writeInto(folder, `${path}.${format}`, bytes);
      files.push(`${path}.${format}`);
    }
  }
  return { files, remarks };
}

/** What tells the protocols apart, and where each one's figures are. */
function protocolsIn(groups: readonly GroupReport[], folders: readonly string[]): string[] {
  const differences = [...differingSettings(groups.map(({ runs }) => protocolOf(runs[0].record)))];
  return folders.map((folder, i) => {
    const named = differences.map(([name, values]) => `${name} ${values[i] ?? 'unset'}`);
    return `unlike protocols are not drawn together: ${named.join(', ')} in ${folder}`;
  });
}

function writeInto(folder: string, path: string, bytes: Uint8Array): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileAtomic(path, bytes);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UserError(`${path}: the figure cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
