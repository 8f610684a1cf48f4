import { exitCodes } from './exitCodes.ts';

export interface Interrupt {
  /** Aborted at the first signal. */
  readonly signal: AbortSignal;
  /** The code to leave with, once a signal has come. */
  readonly exitCode: () => number | null;
  /** Leaves signals to Node.js again. */
  readonly release: () => void;
}

/**
 * Ctrl-C, or a polite kill, asks the runs at work to stop with a checkpoint; a second one ends the process at once.
 * @param onFirst told when the first arrives; false if there is nothing to wait for
 */
export function onInterrupt(onFirst: () => boolean): Interrupt {
  const controller = new AbortController();
  let code: number | null = null;
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const listener = (): void => {
      if (code !== null) process.exit(exitCodes[name]);
      code = exitCodes[name];
      if (!onFirst()) process.exit(code);
      controller.abort();
    };
    process.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    exitCode: () => code,
    release: () => listeners.forEach(({ name, listener }) => process.off(name, listener)),
  };
}
