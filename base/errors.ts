/**
 * A mistake the user can mend. Its message is one line that names what was wrong, where, what is allowed and what to do;
 * the command line prints it without a stack and leaves with exit code 2.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The error for a name that is not in a list: `unknown method: foo (known: er, ewc)`. */
export function unknownName(kind: string, name: string, known: Iterable<string>): UserError {
  return new UserError(`unknown ${kind}: ${name} (known: ${[...known].toSorted().join(', ')})`);
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node.js system error (`ENOENT`, `ENOSPC`, …), or undefined. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
