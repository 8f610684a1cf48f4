import { showBar } from './bar.ts';
import { showLines } from './lines.ts';
import type { ProgressView } from './types.ts';

/** A bar on a terminal, plain lines elsewhere. */
export function showProgress(stream: NodeJS.WriteStream, runs: number): ProgressView {
  return stream.isTTY ? showBar(stream, runs) : showLines(stream, runs);
}
