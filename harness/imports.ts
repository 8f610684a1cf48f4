import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError, messageOf } from '../base/index.ts';

/**
 * Loads modules that extend the harness, such as one that calls `registerMethod`.
 * @param paths files, relative to the working directory
 */
export async function loadImports(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      await import(pathToFileURL(resolve(path)).href);
    } catch (error) {
      throw new UserError(`${path}: cannot be imported: ${messageOf(error)}`, { cause: error });
    }
  }
}
