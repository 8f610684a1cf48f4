import { agem } from './agem.ts';
import type { Method } from './contract.ts';
import { cuber } from './cuber.ts';
import { der } from './der.ts';
import { derpp } from './derpp.ts';
import { dst } from './dst.ts';
import { er } from './er.ts';
import { erAce } from './erAce.ts';
import { ewc } from './ewc.ts';
import { expertGate } from './expertGate.ts';
import { fastSlow } from './fastSlow.ts';
import { finetune } from './finetune.ts';
import { gdumb } from './gdumb.ts';
import { gem } from './gem.ts';
import { gpm } from './gpm.ts';
import { gss } from './gss.ts';
import { icarl } from './icarl.ts';
import { joint } from './joint.ts';
import { lfl } from './lfl.ts';
import { registerMethod } from './lookup.ts';
import { l2 } from './l2.ts';
import { lwf } from './lwf.ts';
import { mas } from './mas.ts';
import { masOnline } from './masOnline.ts';
import { mir } from './mir.ts';
import { nispa } from './nispa.ts';
import { ogd } from './ogd.ts';
import { onpro } from './onpro.ts';
import { packnet } from './packnet.ts';
import { reloop } from './reloop.ts';
import { rigl } from './rigl.ts';
import { rwalk } from './rwalk.ts';
import { scr } from './scr.ts';
import { selfDistill } from './selfDistill.ts';
import { set } from './set.ts';
import { snfs } from './snfs.ts';
import { sparcl } from './sparcl.ts';
import { supsup } from './supsup.ts';
import { trgp } from './trgp.ts';
import { si } from './si.ts';
import { uer } from './uer.ts';
import { viewBatch } from './viewBatch.ts';
import { wsn } from './wsn.ts';
import { xder } from './xder.ts';

/** Every method that ships, in the order of lists and reports. */
export const methods: readonly Method[] = [
  // One a line: where a new one goes is no matter of taste.
  finetune,
  joint,
  er,
  erAce,
  mir,
  gss,
  der,
  derpp,
  xder,
  uer,
  agem,
  gem,
  icarl,
  gdumb,
  scr,
  onpro,
  viewBatch,
  reloop,
  fastSlow,
  ewc,
  mas,
  masOnline,
  l2,
  si,
  rwalk,
  lwf,
  lfl,
  selfDistill,
  ogd,
  gpm,
  trgp,
  cuber,
  set,
  rigl,
  snfs,
  dst,
  packnet,
  sparcl,
  nispa,
  wsn,
  supsup,
  expertGate,
];

for (const method of methods) registerMethod(method);
