import type { Pass, Specs } from '../../../engine/index.ts';
import type { Classifier } from '../classifier.ts';
import { choice } from '../options.ts';
import type { RowTensors } from '../rows.ts';
import type { TaskHeads } from './taskHeads.ts';

/** What becomes of the parameters that masks do not cover, biases and norms, when a first task has learnt them. */
const ways = ['frozen', 'own'] as const;
type Way = (typeof ways)[number];

export function biasesOption(initial: Way, source: string) {
  return choice(ways, initial, {
    description:
      'biases, norms and running statistics: frozen after the first task, or trained on and kept for each task',
    source,
  });
}

export function biasesConvention(way: Way): string {
  return way === 'frozen'
    ? 'biases, norms and running statistics are frozen after the first task'
    : 'biases, norms and running statistics are trained on in every task, which keeps its own';
}

/**
 * What a task keeps for itself beside its mask, since later tasks write over it.
 * @param specs of the model, running statistics included
 * @param masked names of the weights that masks cover
 */
export function ownNames(specs: Specs, masked: readonly string[], heads: TaskHeads, way: Way): string[] {
  return Object.keys(specs).filter((name) =>
    name.startsWith(`${heads.layer}/`) ? heads.own.includes(name) : way === 'own' && !masked.includes(name),
  );
}

/** How a step runs the network: as it does by itself, or without moving running statistics. */
export function passOf(classifier: Classifier, rows: RowTensors, frozen: boolean): Pass | undefined {
  const pass = classifier.pass(rows);
  return frozen ? { ...pass!, mode: 'frozen' } : pass;
}
