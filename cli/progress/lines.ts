import type { Progress } from '../../harness/index.ts';
import type { ProgressView } from './types.ts';
import { complaint, megabytes } from './texts.ts';

/** A line when a run starts and one when it ends. */
export function showLines(stream: NodeJS.WritableStream, runs: number): ProgressView {
  const latest = new Map<string, Progress>();
  let file = '';
  let ended = 0;
  const note = (line: string): void => void stream.write(`${line}\n`);
  return {
    note,
    download(name, _received, total) {
      if (name !== file) note(`fetching ${name} (${megabytes(total)})`);
      file = name;
    },
    kept(plans) {
      ended = plans.length;
      note(`${plans.length} of ${runs} runs ${plans.length === 1 ? 'has' : 'have'} ended before and stay as they are`);
    },
    start: ({ method, seed }) => note(`${method.label}, seed ${seed}: started`),
    update: (progress) => latest.set(progress.run, progress),
    end(outcome) {
      const { plan, record } = outcome;
      const name = `${plan.method.label}, seed ${plan.seed}`;
      if (record?.status === 'interrupted') return note(`${name}: stopped at update ${record.cost?.updates}`);
      const done = `(${++ended}/${runs})`;
      const problem = complaint(outcome);
      if (problem) return note(`${problem} ${done}`);
      const seconds = Object.values(record?.cost?.seconds ?? {}).reduce((sum, part) => sum + part, 0);
      const accuracy = latest.get(plan.name)?.accuracy?.toFixed(3) ?? 'not known';
      note(`${name}: final mean accuracy ${accuracy}, ${seconds.toFixed(1)} s ${done}`);
    },
    close() {},
  };
}
