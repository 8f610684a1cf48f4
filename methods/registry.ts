import { unknownName } from '../base/index.ts';
import { agem } from './agem.ts';
import type { Method } from './contract.ts';
import { derpp } from './derpp.ts';
import { er } from './er.ts';
import { ewc } from './ewc.ts';
import { finetune } from './finetune.ts';
import { joint } from './joint.ts';
import { lwf } from './lwf.ts';
import { set } from './set.ts';

/** Every method that ships, in the order of lists and reports. */
export const methods: readonly Method[] = [finetune, joint, er, derpp, agem, ewc, lwf, set];

const byName = new Map(methods.map((method) => [method.name, method]));
if (byName.size !== methods.length) throw new Error('two methods have the same name');

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
