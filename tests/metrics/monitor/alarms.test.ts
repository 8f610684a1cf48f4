import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../../base/index.ts';
import type { SampleLog } from '../../../logs/index.ts';
import { alarmKinds, monitorSamples, type AlarmKind } from '../../../metrics/index.ts';
import { coin, drawn, logOf, range } from './sampled.ts';

const kindsOf = (samples: SampleLog): AlarmKind[] => [
  ...new Set(monitorSamples(samples).alarms.map(({ kind }) => kind)),
];

/** Two turns of one answer to 100 problems in each of two rounds. */
function revised(rng: Rng, [fixes, spoils]: readonly [number, number]): SampleLog {
  return logOf(
    range(2).flatMap((round) =>
      range(100).flatMap((problem) => {
        const before = coin(rng, 0.5);
        const changes = coin(rng, before ? spoils : fixes);
        const of = (correct: boolean, turn: number) => ({
          round,
          problem: `p${problem}`,
          turn,
          correct,
          answer: correct ? 'right' : 'wrong',
        });
        return [of(before, 1), of(before !== changes, 2)];
      }),
    ),
  );
}

describe('an alarm goes off', () => {
  it('where a loop collapses onto its reward, with the share of real data; the worst first', () => {
    const rng = createRng('collapse');
    const samples = drawn({ rounds: 4, problems: 30, n: 8 }, (round) => {
      // Ever more answers are the one of the highest reward, which is wrong.
      const kind = coin(rng, round / 3) ? 0 : rng.integer(6);
      return { correct: kind === 1, answer: String(kind), reward: 1 - kind / 6, realShare: 0 };
    });
    const { alarms } = monitorSamples(samples);
    expect(alarms[0]).toMatchObject({ kind: 'collapse', round: 3, benchmark: '' });
    expect(alarms[0].text).toMatch(
      /^round 3: the reward rose by 0\.\d+ while its variance fell by 0\.\d+ and the entropy of the answers by 1\.\d+ nats \(p .*\); no real data is in training \(share 0\)$/,
    );
    expect(kindsOf(samples)).toContain('confident-errors');
    const order = alarms.map(({ kind }) => alarmKinds.indexOf(kind));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('where a loop without problems collapses: its samples are of classes', () => {
    const rng = createRng('classes');
    const samples = drawn({ rounds: 3, problems: 1, n: 300 }, (round) => {
      const kind = coin(rng, round / 2) ? 0 : rng.integer(5);
      return { correct: true, category: String(kind), reward: 1 - kind / 5 };
    });
    expect(monitorSamples(samples).alarms[0].text).toMatch(
      /^round 2: the reward rose by .* the entropy of the classes by .*; the share of real data is not known/,
    );
  });

  it('where pass@1 rises and coverage falls', () => {
    const rng = createRng('coverage');
    // 60 problems: at first each is answered right now and then; later half of them always and half never.
    const samples = drawn({ rounds: 2, problems: 60, n: 16 }, (round, problem) => ({
      correct: coin(rng, round === 0 ? 0.3 : problem < 30 ? 1 : 0),
      benchmark: 'math',
    }));
    const [alarm] = monitorSamples(samples).alarms;
    expect(alarm).toMatchObject({ kind: 'coverage', round: 1, benchmark: 'math' });
    expect(alarm.text).toMatch(/^math: round 1: pass@1 rose by \d+\.\d points and pass@16 fell by \d+\.\d points/);
    expect(alarm.p!).toBeLessThan(1e-3);
  });

  it('where a benchmark is below its best, which is told apart from the luck of the best', () => {
    const rng = createRng('regression');
    const ability = [0.5, 0.7, 0.7, 0.4];
    const samples = drawn({ rounds: 4, problems: 80, n: 4 }, (round) => ({ correct: coin(rng, ability[round]) }));
    const { alarms } = monitorSamples(samples);
    expect(alarms[0]).toMatchObject({ kind: 'regression', round: 3, benchmark: 'accuracy' });
    expect(alarms[0].text).toMatch(
      /below its best, of round [12] \(p .*\); the best of 3 rounds looks better than it is by \d\.\d points on average, which p allows for; against the round before −/,
    );
    expect(alarms.map(({ kind }) => kind)).toEqual(['regression', 'saturation']);
  });

  it('where the second turn does harm', () => {
    const samples = revised(createRng('harm'), [0.1, 0.5]);
    const { alarms } = monitorSamples(samples);
    expect(alarms[0]).toMatchObject({ kind: 'self-correction', round: 1 });
    expect(alarms[0].text).toMatch(
      /^round 1: the second turn loses \d+\.\d points: \d+\.\d points right answers became wrong, .* \(p .*\); in round 0, too$/,
    );
    expect(kindsOf(revised(createRng('help'), [0.5, 0.1]))).not.toContain('self-correction');
  });

  it('where the second turn repeats the first', () => {
    const { alarms } = monitorSamples(revised(createRng('repeats'), [0, 0]));
    expect(alarms[0]).toMatchObject({ kind: 'behaviour-collapse', round: 1 });
    // None of 100 changed: .95¹⁰⁰ in each of two rounds.
    expect(alarms[0].p).toBeCloseTo(2 * 0.95 ** 100, 6);
    expect(alarms[0].text).toMatch(/^round 1: the second turn changes 0 % of the answers, surely below 5 %/);
  });

  it('where a round adds nothing', () => {
    const rng = createRng('saturated');
    const samples = drawn({ rounds: 3, problems: 100, n: 4 }, (round) => ({ correct: coin(rng, [0.3, 0.6, 0.6][round]) })); // prettier-ignore
    const { alarms } = monitorSamples(samples);
    expect(alarms.map(({ kind, round }) => [kind, round])).toEqual([['saturation', 2]]);
    expect(alarms[0].text).toMatch(/^accuracy: round 2: the gain since round 1, .*, is below two standard errors/);
  });
});

describe('no alarm goes off', () => {
  it('where each round is better in all respects', () => {
    const rng = createRng('better');
    const samples = drawn({ rounds: 3, problems: 60, n: 8 }, (round) => {
      const correct = coin(rng, 0.2 + 0.25 * round);
      return { correct, answer: correct ? 'right' : String(rng.integer(5)), reward: rng.uniform() };
    });
    expect(monitorSamples(samples).alarms).toEqual([]);
  });

  it('of any kind in more than 5 % of logs on which nothing happens, saturation aside', () => {
    const found = new Map<AlarmKind, number>();
    const logs = 120;
    for (let seed = 0; seed < logs; seed++) {
      const rng = createRng(`quiet/${seed}`);
      const samples = drawn({ rounds: 3, problems: 24, n: 6 }, (_, problem, i) => {
        const kind = rng.integer(2 + (problem % 4));
        return {
          correct: kind === 0,
          answer: String(kind),
          solution: String(kind),
          reward: rng.uniform(),
          selected: kind === 0,
          benchmark: problem < 12 ? 'a' : 'b',
          turn: i % 2,
          chain: String(Math.floor(i / 2)),
        };
      });
      for (const kind of kindsOf(samples)) found.set(kind, (found.get(kind) ?? 0) + 1);
    }
    found.delete('saturation');
    // Binomial: at 5 % more than 12 of 120 has a chance of 1 %.
    for (const [kind, count] of found) expect(count, kind).toBeLessThanOrEqual(12);
  });
});

describe('what does not matter', () => {
  it('the order of the answers, but for ties in which of them are the first K', () => {
    const rng = createRng('order');
    const samples = range(2).flatMap((round) =>
      range(12).flatMap((problem) =>
        range(5).map((i) => {
          const kind = rng.integer(3);
          return { round, problem: `p${problem}`, chain: `c${i}`, correct: kind === 0, answer: `${kind}`, reward: rng.uniform() }; // prettier-ignore
        }),
      ),
    );
    const once = monitorSamples(logOf(samples));
    const again = monitorSamples(logOf(samples.toReversed()));
    const numbers = ({ benchmarks: [own], alarms }: typeof once) => [
      own.passAtK.value!.rounds.map(({ passAtK }) => passAtK.map(({ mean }) => mean!.toFixed(12))),
      own.coverage.value!.rounds.map(({ p }) => p!.toFixed(12)),
      own.exploitation.value!.rounds.map(({ bestOfK }) => bestOfK.mean!.toFixed(12)),
      own.sharpening.value!.rounds.map(({ entropy }) => entropy.mean!.toFixed(12)),
      own.loop.value!.changes.map(({ p }) => p!.toFixed(12)),
      alarms.map(({ text }) => text),
    ];
    expect(numbers(again)).toEqual(numbers(once));
  });
});
