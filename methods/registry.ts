import { agem } from './agem.ts';
import type { Method } from './contract.ts';
import { derpp } from './derpp.ts';
import { er } from './er.ts';
import { ewc } from './ewc.ts';
import { finetune } from './finetune.ts';
import { gdumb } from './gdumb.ts';
import { gem } from './gem.ts';
import { joint } from './joint.ts';
import { registerMethod } from './lookup.ts';
import { lwf } from './lwf.ts';
import { set } from './set.ts';

/** Every method that ships, in the order of lists and reports. */
export const methods: readonly Method[] = [
  // One a line: where a new one goes is no matter of taste.
  finetune,
  joint,
  er,
  derpp,
  agem,
  gem,
  gdumb,
  ewc,
  lwf,
  set,
];

for (const method of methods) registerMethod(method);
