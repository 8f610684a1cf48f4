import { tf } from '../../tf.ts';
import { merge, type Part } from './part.ts';

/** ReLU(body(x) + shortcut(x)). */
export function residual(body: Part, shortcut: Part): Part {
  return {
    ...merge([body, shortcut]),
    apply: (x, run) => tf.relu(tf.add(body.apply(x, run), shortcut.apply(x, run))),
  };
}
