/**
 * The learning rate of a pass over the data, from 0: a tenth of `highest` in the first, then cosine annealing with warm restarts
 * (arXiv:1608.03983) in cycles of 1, 2, 4, … passes, from `highest` towards `lowest`. With e − 1 = the passes since the first cycle began, pass
 * e ≥ 1 is number t = e − 2ᵏ of the cycle of T = 2ᵏ ≤ e passes: lowest + ½ (highest − lowest)(1 + cos(π t/T)).
 */
export function warmRestartRate(pass: number, highest: number, lowest: number): number {
  if (pass === 0) return highest / 10;
  const length = 2 ** Math.floor(Math.log2(pass));
  return lowest + ((highest - lowest) / 2) * (1 + Math.cos((Math.PI * (pass - length)) / length));
}
