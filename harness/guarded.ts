import { UserError, codeOf, messageOf } from '../base/index.ts';

/** Does something to a file; what goes wrong is told in words that help. @throws {UserError} */
export function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (codeOf(error) === 'ENOSPC')
      throw new UserError(`${path}: the disk is full; free some space, then go on with stabgap resume`, {
        cause: error,
      });
    throw new UserError(`${path}: cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
