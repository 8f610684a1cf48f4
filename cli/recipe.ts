import { readFileSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { UserError, codeOf, messageOf, packageRoot, parseWith, unknownName } from '../base/index.ts';
import { experimentSchema, type ExperimentOptions } from '../harness/experimentSchema.ts';

const folder = join(packageRoot, 'recipes');

export interface Recipe {
  /** What the user calls it: opens the error lines. */
  readonly where: string;
  readonly options: ExperimentOptions;
}

/** A recipe that ships. */
export interface ShippedRecipe {
  readonly name: string;
  /** The first paragraph of its comment. */
  readonly description: string;
  readonly path: string;
}

export function shippedRecipes(): ShippedRecipe[] {
  return readdirSync(folder)
    .filter((file) => extname(file) === '.yaml')
    .toSorted()
    .map((file) => {
      const path = join(folder, file);
      return { name: basename(file, '.yaml'), description: leadingComment(readFileSync(path, 'utf8')), path };
    });
}

/** The comment before the first empty comment line. */
function leadingComment(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !/^# ?\S/.test(line));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^# ?/, ''))
    .join(' ');
}

/**
 * Reads a recipe and checks its keys.
 * @param named a path, or the name of a recipe that ships; what has a slash or an ending is a path
 * @throws {UserError} naming the file and the key
 */
export function readRecipe(named: string): Recipe {
  const path = pathOf(named);
  const options = parse(read(path), path);
  parseWith(experimentSchema, options, path);
  return { where: path, options: { name: basename(path, extname(path)), ...(options as ExperimentOptions) } };
}

function pathOf(named: string): string {
  if (/[\\/]/.test(named) || extname(named) !== '') return named;
  const shipped = shippedRecipes();
  const found = shipped.find(({ name }) => name === named);
  if (found) return found.path;
  throw unknownName(
    'recipe',
    named,
    shipped.map(({ name }) => name),
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new UserError(`${path} does not exist (stabgap list recipes shows those that ship)`);
    throw new UserError(`${path}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** YAML, and with it JSON. */
function parse(text: string, path: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem) {
    const [line] = problem.message.split('\n');
    throw new UserError(`${path}: not valid YAML: ${line.replace(/:$/, '')}`);
  }
  const content: unknown = document.toJS();
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new UserError(`${path}: must be a mapping of keys to values, such as "stream: split-digits"`);
  return content;
}
