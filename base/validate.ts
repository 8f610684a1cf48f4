import * as z from 'zod';
import { UserError } from './errors.ts';

/**
 * Checks values that a person wrote against a schema and fills in the defaults.
 * @param where what is being checked, such as `recipes/demo.yaml` or `method er`; it opens the error line
 * @throws {UserError} naming the first offending key, what it must be, and for an unknown key the known ones
 */
export function parseWith<S extends z.ZodType>(schema: S, values: unknown, where: string): z.output<S> {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  // A misspelt key often makes another one missing: the misspelling is what to mend.
  const { issues } = result.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  throw new UserError(`${where}: ${describeIssue(issue, schema)}`);
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const key = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const path = key === '' ? issue.keys[0] : `${key}.${issue.keys[0]}`;
    return `unknown option: ${path} (known: ${knownKeys(schema, issue.path).join(', ') || 'none'})`;
  }
  const problem =
    issue.code === 'invalid_value'
      ? `must be one of ${issue.values.join(', ')}`
      : issue.message.replace(/^Invalid input: /, '').replace(/^(Too (small|big)): expected \w+ to be/, 'must be');
  return key === '' ? problem : `${key}: ${problem}`;
}

/** The keys of the object schema at a path. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let current: unknown = schema;
  for (const key of path) current = inner(current, key);
  const shape = (unwrap(current) as { shape?: Record<string, unknown> } | undefined)?.shape;
  return shape ? Object.keys(shape).toSorted() : [];
}

const wrappers = [z.ZodDefault, z.ZodPrefault, z.ZodOptional, z.ZodNullable];

function unwrap(schema: unknown): unknown {
  let current = schema;
  for (;;) {
    if (current instanceof z.ZodPipe) current = current.out;
    else if (wrappers.some((wrapper) => current instanceof wrapper)) current = (current as z.ZodOptional).unwrap();
    else return current;
  }
}

function inner(schema: unknown, key: PropertyKey): unknown {
  const object = unwrap(schema);
  if (object instanceof z.ZodObject) return object.shape[key as string];
  return object instanceof z.ZodArray ? object.element : undefined;
}
