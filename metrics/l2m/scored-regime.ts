import { terminalPerformance } from './curves.ts';
import type { Regime } from './regimes.ts';

/** What maintenance and transfer need to know of a regime. */
export interface ScoredRegime extends Pick<Regime, 'index' | 'training' | 'asleep' | 'task'> {
  /** Terminal performance T of the regime. */
  readonly terminal: number;
}

/**
 * A regime with its terminal performance, `terminalPerformance`.
 *
 * Source: own definition, of what the metrics below take.
 *
 * @example
 * const regime = { index: 0, block: 0, training: false, asleep: false, task: 'a', experiences: [0, 1], values: Float64Array.of(1, 3) };
 * scoreRegime(regime).terminal // (1 + 3) / 2 = 2
 */
export function scoreRegime(regime: Regime): Regime & ScoredRegime {
  return { ...regime, terminal: terminalPerformance(regime.values, regime.training) };
}
