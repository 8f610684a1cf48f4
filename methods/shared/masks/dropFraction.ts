/** How the share of weights that are replaced changes: `cosine` falls to 0 at the end, `constant` does not. */
export const dropSchedules = ['cosine', 'constant'] as const;
export type DropSchedule = (typeof dropSchedules)[number];

/**
 * The share of active weights to replace at update `t` of `end`: (α/2)·(1 + cos(π·t/end)), 0 from `end` on; or α throughout.
 * RigL (arXiv:1911.11134), equation 1 of its section 3.
 * @param initial α, in [0, 1]
 */
export function dropFraction(schedule: DropSchedule, initial: number, t: number, end: number): number {
  if (schedule === 'constant') return initial;
  return t >= end ? 0 : (initial / 2) * (1 + Math.cos((Math.PI * t) / end));
}
