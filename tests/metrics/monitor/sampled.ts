import type { Rng } from '../../../base/index.ts';
import { createSampleBuilder, type Sample, type SampleLog } from '../../../logs/index.ts';

export function logOf(samples: readonly Sample[]): SampleLog {
  const builder = createSampleBuilder('test');
  for (const sample of samples) builder.add(sample);
  return builder.build();
}

export const range = (n: number): number[] => [...Array(n).keys()];

export interface Size {
  readonly rounds: number;
  readonly problems: number;
  /** Answers to each problem in each round. */
  readonly n: number;
}

/** Answers as they are drawn one by one. */
export function drawn(
  { rounds, problems, n }: Size,
  draw: (round: number, problem: number, i: number) => Omit<Sample, 'round' | 'problem'>,
): SampleLog {
  return logOf(
    range(rounds).flatMap((round) =>
      range(problems).flatMap((problem) =>
        range(n).map((i) => ({ round, problem: `p${problem}`, ...draw(round, problem, i) })),
      ),
    ),
  );
}

export const coin = (rng: Rng, p: number): boolean => rng.uniform() < p;
