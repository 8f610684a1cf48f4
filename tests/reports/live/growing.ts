import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../../logs/index.ts';
import { makeExperiment, writeExperiment } from '../fixture.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

/** An experiment of two methods and two seeds that has not begun: what is in its runs is let out bit by bit. */
export interface Growing {
  readonly folder: string;
  /** All lines of a run's `accuracy.csv`, with their line ends: a header and 123 rows. */
  lines(run: string): string[];
  /** Makes a run's folder, at work, without rows. */
  begin(run: string): void;
  /** Lets lines out, from where it was left. */
  grow(run: string, count: number): void;
  /** The run is complete, unless the change says otherwise. */
  end(run: string, change?: Partial<RunRecord>): void;
}

/** @param folder made where it is missing */
export function growing(folder = join(temporaryFolder(), 'made-up')): Growing {
  const whole = join(temporaryFolder(), 'whole');
  writeExperiment(makeExperiment(), whole);
  mkdirSync(folder, { recursive: true });
  const methods = [{ label: 'finetune' }, { label: 'er' }];
  writeFileSync(join(folder, 'experiment.json'), JSON.stringify({ name: 'made-up', methods, seeds: [1, 2] }));
  const out = new Map<string, number>();

  const lines = (run: string): string[] => readFileSync(join(whole, run, 'accuracy.csv'), 'utf8').split(/(?<=\n)/);
  const writeRecord = (run: string, change: Partial<RunRecord>): void => {
    const record = JSON.parse(readFileSync(join(whole, run, 'run.json'), 'utf8')) as RunRecord;
    const tasks = record.stream.tasks.map((task) => ({ ...task, train: 395 }));
    const all = { ...record, stream: { ...record.stream, tasks }, training: { batch: 10, epochs: 1 }, ...change };
    writeFileSync(join(folder, run, 'run.json'), JSON.stringify(all));
  };
  return {
    folder,
    lines,
    begin(run) {
      mkdirSync(join(folder, run), { recursive: true });
      writeRecord(run, { status: 'running', ended: null, cost: null });
      out.set(run, 0);
    },
    grow(run, count) {
      const from = out.get(run)!;
      appendFileSync(
        join(folder, run, 'accuracy.csv'),
        lines(run)
          .slice(from, from + count)
          .join(''),
      );
      out.set(run, from + count);
    },
    end: (run, change = {}) => writeRecord(run, change),
  };
}
