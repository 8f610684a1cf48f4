/** @file A worker process of the pool: executes the runs it is sent, one at a time. */
import { messageOf, UserError } from '../base/index.ts';
import { loadImports } from './imports.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { executeRun } from './run.ts';

/** Milliseconds between two progress messages. */
const progressInterval = 100;

const stop = new AbortController();
const send = (message: FromWorker): void => void process.send?.(message);

async function handle({ experiment, plan, context }: Extract<ToWorker, { kind: 'run' }>): Promise<void> {
  let reported = 0;
  try {
    await loadImports(experiment.imports);
    const record = await executeRun(experiment, plan, {
      ...context,
      signal: stop.signal,
      onWarning: (message) => send({ kind: 'warning', message }),
      onProgress(progress) {
        const now = performance.now();
        if (now - reported < progressInterval && progress.done < progress.total) return;
        reported = now;
        send({ kind: 'progress', progress });
      },
    });
    send({ kind: 'done', record });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    send({ kind: 'refused', message: messageOf(error) });
  }
}

// Ctrl-C reaches the whole process group; the pool decides when to stop and says so.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => stop.abort());
// Without the pool there is no one to work for: one checkpoint more, but at once where the user has lost patience.
process.on('disconnect', () => (stop.signal.aborted ? process.exit() : stop.abort()));
process.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') stop.abort();
  else void handle(message);
});
