import { UserError, unknownName, type Rng } from '../../base/index.ts';
import { range } from './numbers.ts';
import type { StreamOption } from './types.ts';

const classOrders = ['natural', 'random'];

/** The option of the kinds of streams that divide the classes over the tasks. */
export const classOrderOption: StreamOption = {
  name: 'classOrder',
  unit: classOrders.join(' | '),
  default: 'natural',
  description: 'classes in ascending order, or in an order drawn from the seed',
};

/** @throws UserError on another order than there is, and where the classes do not divide evenly over the tasks */
export function requireClassesDivide(classCount: number, tasks: number, classOrder: string): void {
  if (!classOrders.includes(classOrder)) throw unknownName('classOrder', classOrder, classOrders);
  if (classCount % tasks === 0) return;
  const allowed = range(1, classCount + 1).filter((count) => classCount % count === 0);
  throw new UserError(
    `${classCount} classes do not divide evenly over ${tasks} tasks (allowed: ${allowed.join(', ')})`,
  );
}

/** The class ids in the order in which they are handed to the tasks. */
export function orderClasses(classCount: number, classOrder: string, rng: Rng): number[] {
  return classOrder === 'random' ? [...rng.fork('class-order').permutation(classCount)] : range(0, classCount);
}

/** What a task is called by its classes, `0/1`; `task-<n>`, counted from 1, where there are more than four. */
export function nameOfClasses(classes: readonly number[], task: number): string {
  return classes.length > 4 ? `task-${task + 1}` : classes.join('/');
}
