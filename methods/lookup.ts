import { unknownName } from '../base/index.ts';
import type { Method } from './contract.ts';

const byName = new Map<string, Method>();

/** @throws {UserError} naming the known methods */
export function findMethod(name: string): Method {
  const method = byName.get(name);
  if (!method) throw unknownName('method', name, byName.keys());
  return method;
}

/**
 * Adds a method of one's own, so that experiments can name it.
 * @throws {Error} if the name is taken
 */
export function registerMethod(method: Method): void {
  if (byName.has(method.name)) throw new Error(`method ${method.name} is already registered`);
  byName.set(method.name, method);
}
