import type { Options } from 'yargs';
import * as z from 'zod';
import { UserError, parseWith } from '../base/index.ts';
// Not through the folder's index, which would load the engine for a help text.
import { experimentSchema, type ExperimentOptions } from '../harness/experimentSchema.ts';
import { lastText } from './executionFlags.ts';
import { textReader } from './textReader.ts';

type Key = keyof ExperimentOptions;

/** All keys but the one that every command that executes runs has a flag for. */
const schemas = (Object.entries(experimentSchema.shape) as [Key, z.ZodType][]).filter(([key]) => key !== 'dataDir');

/** `weightDecay` → `weight-decay`. */
function flagOf(key: Key): string {
  return key === 'imports' ? 'import' : key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A flag for every key of an experiment. */
export function experimentFlags(): Record<string, Options> {
  return Object.fromEntries(
    schemas.map(([key, schema]) => {
      const kind = key === 'imports' ? { array: true, nargs: 1 } : isBoolean(schema) ? { boolean: true } : { nargs: 1 };
      return [flagOf(key), { ...kind, describe: describe(schema), defaultDescription: showDefault(schema) }];
    }),
  );
}

/**
 * The keys that flags set, each checked by itself.
 * @throws {UserError} naming the flag
 */
export function readExperimentFlags(argv: Readonly<Record<string, unknown>>): ExperimentOptions {
  const given: Partial<Record<Key, unknown>> = {};
  for (const [key, schema] of schemas) {
    const flag = flagOf(key);
    const value = argv[flag];
    if (value === undefined) continue;
    if (value === false && !isBoolean(schema)) throw new UserError(`unknown flag: --no-${flag} (known: --${flag})`);
    given[key] = typeof value === 'boolean' || key === 'imports' ? value : textReader(schema)(lastText(value)!);
    parseWith(schema, given[key], `--${flag}`);
  }
  return given as ExperimentOptions;
}

function isBoolean(schema: z.ZodType): boolean {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional;
  return wrapped && schema.unwrap() instanceof z.ZodBoolean;
}

function describe(schema: z.ZodType): string {
  const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  const choices = inner instanceof z.ZodEnum ? `: ${inner.options.join(', ')}` : '';
  return `${schema.description ?? (inner as z.ZodType).description}${choices}`;
}

function showDefault(schema: z.ZodType): string | undefined {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  const value = wrapped ? schema.def.defaultValue : undefined;
  return Array.isArray(value) && value.length === 0 ? undefined : value === undefined ? undefined : String(value);
}
