import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { UserError, parseWith, unknownName } from '../base/index.ts';
import { lifetimeOptionsSchema, type LifetimeOptionsInput } from '../metrics/index.ts';
import { textReader } from './textReader.ts';

/** `--set <option>=<value>` of lifetime metrics. @throws {UserError} for an option or value that does not fit */
export function readLifetimeSettings(settings: readonly string[]): LifetimeOptionsInput {
  const schemas: Readonly<Record<string, z.ZodType>> = lifetimeOptionsSchema.shape;
  const given = settings.map((setting): [string, unknown] => {
    const [, name, text] = /^(\w+)=(.*)$/.exec(setting) ?? [];
    if (text === undefined) throw new UserError(`--set ${setting}: must be <option>=<value>, such as maintenance=both`);
    if (!(name in schemas)) throw unknownName(`option in --set ${setting}`, name, Object.keys(schemas));
    return [name, parseWith(schemas[name], textReader(schemas[name])(text), `--set ${setting}`)];
  });
  return Object.fromEntries(given);
}

/** Folders of experts: those that are given, or those in them. @throws {UserError} for a folder that is no log and holds none */
export function expertFolders(folders: readonly string[]): string[] {
  const isLog = (folder: string): boolean => existsSync(join(folder, 'logger_info.json'));
  return folders.flatMap((folder) => {
    if (!existsSync(folder)) throw new UserError(`--ste: ${folder} does not exist; check the path`);
    if (isLog(folder)) return [folder];
    const inside = readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name))
      .filter(isLog);
    if (inside.length > 0) return inside;
    throw new UserError(`--ste: ${folder} is no log of l2logger and holds none: no logger_info.json; check the path`);
  });
}
