import { join } from 'node:path';
import { tellings } from '../../analysis/index.ts';
import { messageOf } from '../../base/index.ts';
import { readRunRecord, type RunRecord } from '../../logs/index.ts';
import { tellingText } from '../analysis/telling.ts';
import { addRow, curveOf, latestMean, logOfCurve, type Curve } from './curve.ts';
import type { LiveEvent, RunSummary } from './messages.ts';
import { stampOf, statOf, type Found } from './scan.ts';
import { createTail } from './tail.ts';

/** A run that is followed. */
export interface LiveRun {
  readonly summary: RunSummary;
  /** Null before the header of `accuracy.csv` is there. */
  readonly curve: Curve | null;
  /** Grows each time that `accuracy.csv` begins anew. */
  readonly era: number;
  /** Reads what is new. */
  look(): { readonly changed: boolean; readonly anew: boolean };
  /** Whether rows have come, or the run has ended, since events were last looked for. */
  readonly undetected: boolean;
  /** Events that are certain now and were not before. */
  detect(): LiveEvent[];
}

const over: ReadonlySet<string> = new Set(['complete', 'diverged', 'failed']);

/** @param found where the run lies, and what its experiment says of it */
export function createLiveRun(found: Found): LiveRun {
  const recordFile = join(found.folder, 'run.json');
  const rowsFile = join(found.folder, 'accuracy.csv');
  const tail = createTail(rowsFile);
  const told = new Set<string>();
  let recordStamp = '';
  let record: RunRecord | null = null;
  let recordProblem: string | null = null;
  let rowsProblem: string | null = null;
  let curve: Curve | null = null;
  let era = 0;
  let detected = '';
  let summary = summarise();

  function readRecord(): void {
    const stamp = stampOf(recordFile);
    if (stamp === recordStamp) return;
    recordStamp = stamp;
    recordProblem = null;
    try {
      record = stamp === '' ? null : readRunRecord(found.folder);
    } catch (error) {
      record = null;
      recordProblem = messageOf(error);
    }
  }

  function readRows(): boolean {
    let anew = false;
    try {
      const look = tail.look();
      if (look.anew) {
        [curve, rowsProblem, detected, anew] = [null, null, '', true];
        told.clear();
        era++;
      }
      // What follows a damaged row is read again once the file is another one.
      if (rowsProblem !== null) return anew;
      for (const line of look.lines) {
        if (curve === null) curve = curveOf(line);
        else addRow(curve, line);
      }
    } catch (error) {
      rowsProblem = messageOf(error);
    }
    return anew;
  }

  function summarise(): RunSummary {
    const rows = curve?.steps.length ?? 0;
    const training = rows > 0 ? curve!.training[rows - 1] : -1;
    const planned = record ? plannedUpdates(record) : null;
    const exists = recordStamp !== '' || curve !== null;
    return {
      run: found.run,
      experiment: found.experiment,
      method: record?.method.label ?? found.method ?? found.run.split('/').at(-1)!,
      seed: record?.seed ?? found.seed,
      status: record?.status ?? (exists ? 'unknown' : 'planned'),
      done: Math.max(record?.cost?.updates ?? 0, rows > 0 ? curve!.steps[rows - 1] : 0),
      planned,
      task: curve?.tasks[training] ?? '',
      accuracy: curve ? latestMean(curve) : null,
      grown: statOf(rowsFile)?.mtimeMs ?? null,
      reason: recordProblem ?? rowsProblem ?? record?.reason ?? null,
    };
  }

  /** What there is to look for events in. */
  const state = (): string => `${curve?.steps.length ?? 0}/${over.has(summary.status)}`;

  return {
    get summary() {
      return summary;
    },
    get curve() {
      return curve;
    },
    get era() {
      return era;
    },
    look() {
      readRecord();
      const anew = readRows();
      const now = summarise();
      const changed = anew || JSON.stringify(now) !== JSON.stringify(summary);
      summary = now;
      return { changed, anew };
    },
    get undetected() {
      return (curve?.steps.length ?? 0) > 0 && state() !== detected;
    },
    detect() {
      detected = state();
      if (curve === null) return [];
      const evaluated = (record?.stream.tasks ?? []).map((task) => task.evaluated);
      const options = { alpha: 0.05, horizon: 1000, ended: over.has(summary.status) };
      return tellings(found.run, logOfCurve(curve, evaluated), told, options).map((line) => ({
        run: found.run,
        telling: line.telling,
        kind: line.kind,
        text: tellingText(line),
      }));
    },
  };
}

/** Every epoch of a task ends with a short batch if the batch size does not divide the task. Null where the record does not tell the sizes. */
function plannedUpdates({ stream, training: { batch, epochs } }: RunRecord): number | null {
  if (typeof batch !== 'number' || typeof epochs !== 'number') return null;
  return stream.tasks.reduce((sum, { train }) => sum + epochs * Math.ceil(train / batch), 0);
}
