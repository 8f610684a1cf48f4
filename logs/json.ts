import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { UserError, codeOf, messageOf, parseWith } from '../base/index.ts';

/** Reads a JSON file and checks it. Throws a UserError naming the file and the first key that does not fit the schema. */
export function readJson<S extends z.ZodType>(path: string, schema: S): z.output<S> {
  return parseWith(schema, parseJson(path), path);
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new UserError(`${path} does not exist; check the path`);
    // The parser quotes the file, line ends and all.
    throw new UserError(`cannot read ${path}: ${messageOf(error).replace(/\s+/g, ' ')}`);
  }
}
