import * as z from 'zod';
import { UserError, parseWith, unknownName } from '../base/index.ts';
import { experimentSchema, trainingKeys, withoutSchedule, type ExperimentOptions } from '../harness/index.ts';
import { findMethod } from '../methods/index.ts';
import { textReader } from './textReader.ts';

type Entry = NonNullable<ExperimentOptions['methods']>[number];
type FullEntry = Exclude<Entry, string>;

/**
 * Applies `--set <label>.<key>=<value>`: an option of the method that goes by that label, or a training key for it alone.
 * @throws {UserError} for a setting that is not of this form, and for a label, key or value that does not fit
 */
export function applySettings(methods: readonly Entry[], settings: readonly string[]): FullEntry[] {
  const entries = methods.map((entry): FullEntry => (typeof entry === 'string' ? { name: entry } : entry));
  for (const setting of settings) {
    // Labels may hold dots, keys do not.
    const [, label, key, text] = /^([^=]+)\.([^.=]+)=(.*)$/.exec(setting) ?? [];
    if (text === undefined)
      throw new UserError(`--set ${setting}: must be <method>.<key>=<value>, such as er.memory=500`);
    const index = entries.findIndex((entry) => (entry.label ?? entry.name) === label);
    if (index < 0)
      throw unknownName(
        `method in --set ${setting}`,
        label,
        entries.map((entry) => entry.label ?? entry.name),
      );
    entries[index] = applySetting(entries[index], key, text, `--set ${setting}`);
  }
  return entries;
}

function applySetting(entry: FullEntry, key: string, text: string, where: string): FullEntry {
  const options = optionSchemas(entry.name);
  const training = trainingKeys.find((each) => each === key);
  const schema = options[key] ?? (training && experimentSchema.shape[training]);
  if (!schema) throw unknownName(`key in ${where}`, key, [...Object.keys(options), ...trainingKeys]);
  const value = parseWith(schema, textReader(schema)(text), where);
  if (options[key]) return { ...entry, options: { ...entry.options, [key]: value } };
  return { ...withoutSchedule(entry, { [key]: value }), [key]: value };
}

/** The options of a method, by name. */
export function optionSchemas(method: string): Readonly<Record<string, z.ZodType>> {
  const { options } = findMethod(method);
  return options instanceof z.ZodObject ? (options.shape as Record<string, z.ZodType>) : {};
}
