import {
  differences,
  mapTensors,
  tf,
  type Optimizer,
  type Scalar,
  type Signature,
  type Tensors,
  type TensorsOf,
} from '../../engine/index.ts';
import { keepFrozen, movedGradients, type Moved } from './frozen.ts';

/** Limits on what an update does. */
export interface StepOptions<S extends Signature> {
  /** Applied to the gradients before the optimiser sees them, such as a mask that leaves out the small ones. */
  readonly filter?: (gradients: Tensors, inputs: TensorsOf<S>) => Tensors;
  /** Applied to the updated parameters and optimiser state, such as a mask that keeps pruned weights at zero. */
  readonly constrain?: (tensors: Tensors, inputs: TensorsOf<S>) => Tensors;
  /** Which numbers of a parameter the step moves; all unless given. The rest, optimiser state included, stays as it is to the bit. */
  readonly moves?: (name: string, inputs: TensorsOf<S>) => Moved;
  /** Applied to the change that the optimiser makes of the parameters, such as a projection: what it takes away does not take place. */
  readonly confine?: (change: Tensors, inputs: TensorsOf<S>) => Tensors;
}

/** The gradients of a step, and the side of them that keeps old knowledge; the rest is plasticity. The side is read only where sizes are wanted. */
export interface Sides {
  readonly gradients: Tensors;
  readonly stability?: Tensors;
}

interface Held {
  readonly parameters: Tensors;
  readonly optimizer: Tensors;
  readonly rate: Scalar;
}

/** What an optimiser makes of gradients within the limits of a step, and the gradients that it was given for it. */
export function limitedUpdate<S extends Signature>(
  optimizer: Optimizer,
  { parameters, optimizer: state, rate }: Held,
  sides: Sides,
  { filter = (gradients) => gradients, constrain = (tensors) => tensors, moves, confine }: StepOptions<S>,
  inputs: TensorsOf<S>,
): Sides & Omit<Held, 'rate'> {
  const free = moves && ((name: string) => moves(name, inputs));
  const given = (group: Tensors): Tensors => filter(free ? movedGradients(group, free) : group, inputs);
  const finished = (after: Tensors, before: Tensors): Tensors =>
    constrain(free ? keepFrozen(after, before, free, Object.keys(parameters)) : after, inputs);
  const gradients = given(sides.gradients);
  const updated = optimizer.update(parameters, gradients, state, rate);
  const confined = confine
    ? addTo(parameters, confine(differences(updated.parameters, parameters), inputs))
    : updated.parameters;
  return {
    gradients,
    stability: sides.stability && given(sides.stability),
    parameters: finished(confined, parameters),
    optimizer: finished(updated.state, state),
  };
}

function addTo(a: Tensors, b: Tensors): Tensors {
  return mapTensors(a, (tensor, name) => tf.add(tensor, b[name]));
}
