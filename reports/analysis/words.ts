import type { AnalysisEvent } from '../../analysis/index.ts';

/** What a kind of event is called. */
export const kindNames: Readonly<Record<AnalysisEvent['kind'], string>> = {
  forgetting: 'forgetting',
  stability_gap: 'stability gap',
  backward_transfer: 'backward transfer',
  noise: 'noise',
};

/** What the noise of values is known from. */
export const noiseNames: Readonly<Record<NonNullable<AnalysisEvent['noise']>, string>> = {
  given: 'standard errors of the log',
  binomial: 'the number of items',
  paired: 'items compared one by one',
  fluctuation: 'how much neighbouring evaluations differ',
};
