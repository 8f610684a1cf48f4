/** @file Loads no engine, so that a worker process can start before this one has loaded its own. */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../base/index.ts';

/** The compiled worker; from source it is the one of the last build. */
function workerPath(): string {
  const beside = fileURLToPath(new URL('./worker.js', import.meta.url));
  return existsSync(beside) ? beside : join(packageRoot, 'dist', 'harness', 'worker.js');
}

/**
 * Starts a process that executes the runs it is sent. Standard output is for results: what a worker prints, a user's module say, goes to
 * standard error.
 */
export function startWorker(): ChildProcess {
  return fork(workerPath(), { stdio: ['ignore', 2, 'pipe', 'ipc'] });
}

/**
 * Starts a worker, lets `action` find out meanwhile what it is to do, and ends the worker with it.
 * @param action gets the worker, to hand it to `runPool`
 */
export async function withSpareWorker<T>(action: (spare: ChildProcess) => Promise<T>): Promise<T> {
  const spare = startWorker();
  try {
    return await action(spare);
  } finally {
    // One that the pool has used is disconnected by now.
    if (spare.connected) spare.kill('SIGKILL');
  }
}
