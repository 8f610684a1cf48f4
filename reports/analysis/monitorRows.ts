import type { Analysis } from '../../analysis/index.ts';
import { shownStep, shownValue } from './numbers.ts';

type Monitor = NonNullable<Analysis['monitor']>;
type Benchmark = Monitor['benchmarks'][number];

/** One quantity of a benchmark by round. */
interface Quantity {
  readonly name: string;
  readonly byRound: ReadonlyMap<number, number | null>;
}

/** A table of a benchmark: a row a round, a column for everything that its answers tell. */
export interface MonitorTable {
  readonly benchmark: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Why some metrics are not there. */
  readonly missing: readonly string[];
}

export function monitorTables({ benchmarks, rounds }: Monitor): MonitorTable[] {
  return benchmarks.map((benchmark) => {
    // What no round has is named below as missing, not shown as a column of dashes.
    const quantities = quantitiesOf(benchmark).filter(({ byRound }) =>
      [...byRound.values()].some((value) => value !== null),
    );
    return {
      benchmark: benchmark.benchmark,
      heads: ['round', ...quantities.map(({ name }) => name)],
      rows: rounds
        .filter((round) => quantities.some(({ byRound }) => byRound.has(round)))
        .map((round) => [shownStep(round), ...quantities.map(({ byRound }) => shownValue(byRound.get(round) ?? null))]),
      missing: reasonsOf(benchmark),
    };
  });
}

function quantitiesOf(benchmark: Benchmark): Quantity[] {
  const { pass_at_k, exploration, exploitation, balance, self_correction, sequential, sharpening, loop } = benchmark;
  const of = <T extends { readonly round: number }>(
    name: string,
    rounds: readonly T[] | undefined,
    value: (round: T) => number | null,
  ): Quantity[] =>
    rounds === undefined ? [] : [{ name, byRound: new Map(rounds.map((each) => [each.round, value(each)])) }];
  const [passes, explored, exploited] = [pass_at_k.value, exploration.value, exploitation.value];
  const ks = passes ? [...new Set([0, passes.ks.length - 1])] : [];
  return [
    ...ks.flatMap((i) => of(`pass@${passes!.ks[i]}`, passes!.rounds, (each) => each.pass_at_k[i].mean)),
    ...of(`pass@${explored?.k}-${explored?.s}`, explored?.rounds, (each) => each.pass_at_k_s.mean),
    ...of('distinct', explored?.rounds, (each) => each.distinct_equations),
    ...of(`best of ${exploited?.k}`, exploited?.rounds, (each) => each.best_of_k.mean),
    ...of('balance', balance.value?.rounds, (each) => each.balance.mean),
    ...of('turn 1', self_correction.value ?? undefined, (each) => each.accuracy_t1),
    ...of('turn 2', self_correction.value ?? undefined, (each) => each.accuracy_t2),
    ...of('wrong → right', self_correction.value ?? undefined, (each) => each.incorrect_to_correct),
    ...of('right → wrong', self_correction.value ?? undefined, (each) => each.correct_to_incorrect),
    ...of('sequential gain', sequential.value ?? undefined, (each) => each.gain?.mean ?? null),
    ...of('majority mass', sharpening.value?.rounds, (each) => each.mass.mean),
    ...of('entropy', sharpening.value?.rounds, (each) => each.entropy.mean),
    ...of('sure and wrong', sharpening.value?.rounds, (each) => each.sharpened_wrong.mean),
    ...of('reward', loop.value?.rounds, (each) => each.reward.value),
    ...of('its variance', loop.value?.rounds, (each) => each.reward_variance.value),
    ...of('real share', loop.value?.rounds, (each) => each.real_share),
  ];
}

const sections = {
  pass_at_k: 'pass@k',
  exploration: 'exploration',
  exploitation: 'exploitation',
  balance: 'balance score',
  self_correction: 'self-correction',
  sequential: 'sequential gain',
  sharpening: 'sharpening',
  loop: 'self-consumption',
} as const;

function reasonsOf(benchmark: Benchmark): string[] {
  return Object.entries(sections).flatMap(([key, name]) => {
    const { reason } = benchmark[key as keyof typeof sections];
    return reason === null ? [] : [`${name}: ${reason}`];
  });
}
