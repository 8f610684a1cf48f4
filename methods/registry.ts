import { agem } from './agem.ts';
import type { Method } from './contract.ts';
import { der } from './der.ts';
import { derpp } from './derpp.ts';
import { er } from './er.ts';
import { erAce } from './erAce.ts';
import { ewc } from './ewc.ts';
import { finetune } from './finetune.ts';
import { icarl } from './icarl.ts';
import { joint } from './joint.ts';
import { registerMethod } from './lookup.ts';
import { lwf } from './lwf.ts';
import { scr } from './scr.ts';
import { mir } from './mir.ts';
import { set } from './set.ts';
import { uer } from './uer.ts';

/** Every method that ships, in the order of lists and reports. */
export const methods: readonly Method[] = [
  // One a line: where a new one goes is no matter of taste.
  finetune,
  joint,
  er,
  erAce,
  mir,
  der,
  derpp,
  uer,
  agem,
  icarl,
  scr,
  ewc,
  lwf,
  set,
];

for (const method of methods) registerMethod(method);
