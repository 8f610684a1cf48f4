import { terminalPerformance } from './curves.ts';
import type { Regime } from './regimes.ts';

/** What maintenance and transfer need to know of a regime. */
export interface ScoredRegime extends Pick<Regime, 'index' | 'training' | 'asleep' | 'task'> {
  /** Terminal performance T of the regime. */
  readonly terminal: number;
}

/** A regime with its terminal performance. */
export function scoreRegime(regime: Regime): Regime & ScoredRegime {
  return { ...regime, terminal: terminalPerformance(regime.values, regime.training) };
}
