import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { messageOf, packageRoot } from '../../base/index.ts';

/** The PyTorch side, in a process of its own that is asked one job after the other. */
export interface Peer {
  readonly version: string;
  /** Makes a workload ready and runs it once. @returns the loss before any update, and what was chosen where PyTorch leaves a choice */
  prepare(job: object): Promise<{ readonly loss: number; readonly choice: string }>;
  /** Runs the workload that was prepared last. @returns seconds */
  run(): Promise<number>;
  close(): void;
}

/**
 * Starts the peer.
 * @param python the interpreter
 * @returns the reason, where it cannot be had
 */
export async function startPeer(python: string): Promise<Peer | string> {
  const child = spawn(python, [join(packageRoot, 'perf', 'peers', 'peer.py')], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => (complaints = (complaints + data.toString()).slice(-2000)));
  const ended = new Promise<never>((_, reject) => {
    child.on('error', (error) => reject(new Error(`${python}: ${messageOf(error)}`)));
    child.on('exit', () => reject(new Error(lastLine(complaints) ?? `${python} ended`)));
  });
  // Without a reader at the time it happens this is no crash: the next question hears of it.
  ended.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, never>> => {
    const { value, done } = await Promise.race([lines.next(), ended]);
    if (done) return ended;
    return JSON.parse(value as string) as Record<string, never>;
  };
  const ask = (job: object): Promise<Record<string, never>> => {
    child.stdin.write(`${JSON.stringify(job)}\n`);
    return answer();
  };
  try {
    const { version } = await answer();
    return {
      version,
      prepare: async (job) => (await ask(job)) as unknown as { loss: number; choice: string },
      run: async () => (await ask({ kind: 'run' })).seconds,
      close: () => child.stdin.end(),
    };
  } catch (error) {
    return messageOf(error);
  }
}

function lastLine(text: string): string | undefined {
  return text.split('\n').findLast((line) => /\S/.test(line));
}
