import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces a file so that a reader, or a restart after a crash at any instant, finds either the old content or the new one whole:
 * written under a temporary name, flushed to disk, renamed.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    const file = openSync(temporary, 'w');
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Flushes a folder's entries, so that a rename in it survives a power cut. Not every system allows it: then it does nothing. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Windows refuses to open folders; the rename itself is atomic there too.
  }
}
