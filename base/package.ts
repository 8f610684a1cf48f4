import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('the package.json of stabgap was not found above its code');
    folder = dirname(folder);
  }
  return folder;
}

/** The folder that holds this package's `package.json`, whether it runs from source or from `dist`. */
export const packageRoot: string = findRoot();

/** This package's version. */
export const packageVersion: string = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;
