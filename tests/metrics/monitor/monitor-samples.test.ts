import { describe, expect, it } from 'vitest';
import { createRng } from '../../../base/index.ts';
import type { Sample } from '../../../logs/index.ts';
import { monitorSamples, type SampleMonitor } from '../../../metrics/index.ts';
import { near } from '../stats/near.ts';
import { logOf, range } from './sampled.ts';

describe('a log with all columns, worked by hand', () => {
  const answer = (round: number, problem: string, text: string, reward: number, selected: boolean): Sample => ({
    round,
    problem,
    correct: text.endsWith('!'),
    answer: text[0],
    solution: text.slice(0, 2),
    reward,
    selected,
    realShare: 0.5,
  });
  const monitor = monitorSamples(
    logOf([
      answer(0, 'a', '71!', 0.9, true),
      answer(0, 'a', '72!', 0.8, true),
      answer(0, 'a', '31', 0.1, false),
      answer(0, 'a', '32', 0.2, true),
      answer(0, 'b', '51', 0.4, false),
      answer(0, 'b', '51', 0.4, false),
      answer(0, 'b', '61!', 0.4, true),
      answer(0, 'b', '81', 0.3, false),
      answer(1, 'a', '71!', 0.9, true),
      answer(1, 'a', '71!', 0.9, true),
      answer(1, 'a', '71!', 0.9, false),
      answer(1, 'a', '71!', 0.9, false),
      answer(1, 'b', '51', 0.4, false),
      answer(1, 'b', '51', 0.4, false),
      answer(1, 'b', '51', 0.4, false),
      answer(1, 'b', '51', 0.4, false),
    ]),
    { wanted: 2, s: 2 },
  );
  const [own] = monitor.benchmarks;

  it('says how much there is', () => {
    expect(monitor).toMatchObject({ answers: 16, problems: 2, rounds: [0, 1] });
    expect(own.benchmark).toBe('');
  });

  it('pass@k by round', () => {
    const { ks, rounds } = own.passAtK.value!;
    expect(ks).toEqual([1, 2, 4]);
    // c = 2 and 1 of 4: 1/2 and 1/4; 1 − C(2,2)/C(4,2) = 5/6 and 1 − C(3,2)/C(4,2) = 1/2.
    expect(rounds[0].passAtK.map(({ mean }) => mean)).toEqual(near([3 / 8, 2 / 3, 1]));
    expect(rounds[1].passAtK.map(({ mean }) => mean)).toEqual(near([0.5, 0.5, 0.5]));
  });

  it('coverage against the first round: with two problems nothing is certain', () => {
    expect(own.coverage.value).toMatchObject({ k: 4, rounds: [{ passAt1: near(0.125), passAtK: -0.5, lost: false }] });
  });

  it('exploration, exploitation and balance', () => {
    const exploration = own.exploration.value!;
    expect(exploration).toMatchObject({ k: 4, s: 2 });
    expect(exploration.rounds.map(({ passAtKS }) => passAtKS.mean)).toEqual([0.5, 0]);
    expect(exploration.rounds.map(({ distinctEquations }) => distinctEquations)).toEqual([1, 0.25]);
    const exploitation = own.exploitation.value!;
    // Of b three rewards tie, one of them right.
    expect(exploitation.rounds.map(({ bestOfK }) => bestOfK.mean)).toEqual([near((1 + 1 / 3) / 2), 0.5]);
    expect(exploitation.rounds.map(({ rewardAtKS }) => rewardAtKS.mean)).toEqual([0.5, 0.5]);
    // Of a 3 selected, 2 right and different: 1 · ⅔; of b 1 of 1: ½ · 1. Then 2 selected, 1 different: ½ · ½; none: 0.
    expect(own.balance.value!.rounds.map(({ balance }) => balance.mean)).toEqual([near((2 / 3 + 0.5) / 2), 0.125]);
  });

  it('sharpening', () => {
    const [first, second] = own.sharpening.value!.rounds;
    // Of a 7 7 3 3, of b 5 5 6 8.
    expect(first).toMatchObject({ round: 0, mass: { mean: 0.5 }, majorityRight: { mean: 0.25 } });
    expect(second).toMatchObject({ round: 1, sharpened: { mean: 1 }, sharpenedWrong: { mean: 0.5 } });
    expect(first.entropy.mean).toEqual(near((Math.LN2 + 1.5 * Math.LN2) / 2));
    expect(own.sharpening.value!.confidentErrors).toEqual([{ round: 1, change: 0.5, p: 0.5 }]);
  });

  it('the loop', () => {
    const { entropyOf, rounds, changes } = own.loop.value!;
    expect(entropyOf).toBe('answer');
    expect(rounds[0].reward.value).toEqual(near((0.5 + 0.375) / 2));
    // Variances of .9 .8 .1 .2 and of .4 .4 .4 .3: .5/3 and .0075/3.
    expect(rounds[0].rewardVariance.value).toEqual(near((0.5 + 0.0075) / 6));
    expect(rounds[1]).toMatchObject({ rewardVariance: { value: near(0) }, entropy: { value: 0 }, realShare: 0.5 });
    expect(changes[0]).toMatchObject({ test: 'paired', reward: near(0.2125), entropy: near(-1.25 * Math.LN2) });
  });

  it('gains and transfer of pass@1', () => {
    // Differences of the problems: +½ and −¼.
    expect(monitor.gains.value).toMatchObject([
      { task: 'accuracy', gain: near(0.125), paired: true, standardError: near(0.375) },
    ]);
    expect(monitor.transfer.value).toMatchObject([{ best: { round: 0, difference: near(0.125) } }]);
  });

  it('what there is no column for has a reason', () => {
    expect(own.selfCorrection).toEqual({ value: null, reason: 'no column for the turn' });
    expect(own.sequential.reason).toBe('no column for the turn');
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(monitor))).toEqual(monitor);
  });
});

describe('what is missing has a reason', () => {
  const two = [0, 1].flatMap((round): Sample[] => [
    { round, problem: 'a', correct: true },
    { round, problem: 'a', correct: false },
  ]);

  it('with round, problem and correct alone', () => {
    const [{ benchmark: _, passAtK, coverage, ...others }] = monitorSamples(logOf(two)).benchmarks;
    expect(passAtK.reason).toBeNull();
    expect(coverage.reason).toBeNull();
    expect(Object.fromEntries(Object.entries(others).map(([name, { reason }]) => [name, reason]))).toEqual({
      exploration: expect.stringMatching(/^no column for the solution/),
      exploitation: 'no column for the reward',
      balance: 'no column for what was selected',
      selfCorrection: 'no column for the turn',
      sequential: 'no column for the turn',
      sharpening: 'no column for the answer',
      loop: 'no column for the reward',
    });
  });

  it.each<[string, Partial<Sample>[], keyof SampleMonitor['benchmarks'][number], string]>([
    ['a single answer', [{}], 'coverage', 'a single round'],
    ['right answers without a solution', [{ solution: 'x' }, {}], 'exploration', '1 right answers have no solution'],
    ['unknown rewards', [{ reward: 1 }, {}], 'exploitation', '1 answers have no reward'],
    ['one answer to choose from', [{ reward: 1 }], 'exploitation', 'a problem has a single answer in a round'],
    ['unknown selection', [{ selected: true }, {}], 'balance', 'of 1 answers it is not known whether'],
    ['selection without solutions', [{ selected: true }], 'balance', 'no column for the solution'],
    ['one turn', [{ turn: 1 }], 'selfCorrection', 'a single turn'],
    ['turns that belong to nothing', [{ turn: 1 }, { turn: 1 }, { turn: 2 }], 'selfCorrection', 'several answers'],
    [
      'turns without a first',
      [
        { turn: 1, chain: 'x' },
        { turn: 2, chain: 'y' },
      ],
      'selfCorrection',
      'no chain has a first and',
    ],
    ['turns without answers', [{ turn: 1 }, { turn: 2 }], 'sequential', 'no column for the answer'],
    [
      'a chain without its first turn',
      [
        { turn: 1, chain: 'x', answer: '1' },
        { turn: 2, chain: 'y' },
      ],
      'sequential',
      'in round 0 a chain lacks the first turn',
    ],
    ['one answer a problem', [{ answer: '1' }], 'sharpening', 'no problem has two answers in every round'],
    ['rewards alone', [{ reward: 1 }, { reward: 0 }], 'loop', 'no column for the answer or the class'],
    ['one reward a problem', [{ reward: 1, answer: 'a' }], 'loop', 'no problem has two answers with a reward'],
  ])('%s', (_, rows, section, reason) => {
    const samples = logOf(rows.map((row) => ({ round: 0, problem: 'a', correct: true, ...row })));
    expect(monitorSamples(samples).benchmarks[0][section]).toEqual({ value: null, reason: expect.stringContaining(reason) }); // prettier-ignore
  });

  it('a k that is too large, and a single round', () => {
    const monitor = monitorSamples(logOf(two.slice(0, 2)), { ks: [1, 3] });
    expect(monitor.benchmarks[0].passAtK.reason).toBe('pass@3 needs 3 answers to every problem, and one has 2');
    expect(monitor.gains.reason).toBe('a single round of every benchmark');
    expect(monitor.transfer.value).toBeNull();
    expect(monitor.alarms).toEqual([]);
  });

  it('options out of range are refused', () => {
    expect(() => monitorSamples(logOf(two), { alpha: 0 })).toThrow(RangeError);
    expect(() => monitorSamples(logOf(two), { collapseBelow: 1 })).toThrow(RangeError);
    expect(() => monitorSamples(logOf(two), { ks: [0] })).toThrow(RangeError);
  });
});

describe('turns', () => {
  const turns = (chain: string, texts: string): Sample[] =>
    texts.split(' ').map((text, i) => ({ round: 0, problem: 'a', chain, turn: i + 1, correct: text.endsWith('!'), answer: text[0] })); // prettier-ignore
  const samples = logOf([...turns('x', '1 2! 2!'), ...turns('y', '2! 3 2!'), ...turns('z', '1 1 4')]);
  const [own] = monitorSamples(samples).benchmarks;

  it('the last answer of each chain counts', () => {
    expect(own.passAtK.value!.rounds[0].passAtK[0].mean).toEqual(near(2 / 3));
    expect(own.sharpening.value!.rounds[0].mass.mean).toEqual(near(2 / 3));
  });

  it('self-correction is from the first to the second, of every chain', () => {
    expect(own.selfCorrection.value).toMatchObject([
      { round: 0, problems: 1, pairs: 3, leftOut: 0, accuracyT1: near(1 / 3), accuracyT2: near(1 / 3), incorrectToCorrect: near(1 / 3), changed: near(2 / 3) }, // prettier-ignore
    ]);
  });

  it('k answers in turn against k in parallel, k the number of turns', () => {
    const [rise] = own.sequential.value!;
    // First answers 1, 2, 1: wrong. In turn: 2 right; 2 right; 1 wrong.
    expect([rise.k, rise.parallel!.mean, rise.sequential!.mean, rise.oracle!.mean, rise.gain!.mean]).toEqual([3, 0, near(2 / 3), near(2 / 3), near(2 / 3)]); // prettier-ignore
    expect(monitorSamples(samples, { k: 1 }).benchmarks[0].sequential.value![0].parallel!.mean).toBe(0);
  });

  it('chains without a second turn are left out and counted', () => {
    const [short] = monitorSamples(logOf([...turns('x', '1 2!'), ...turns('y', '1')])).benchmarks;
    expect(short.selfCorrection.value).toMatchObject([{ pairs: 1, leftOut: 1 }]);
  });
});

describe('rounds are compared over equal numbers of answers', () => {
  it('entropy does not rise because more answers were drawn', () => {
    const rng = createRng('numbers');
    const samples = logOf(
      [4, 40].flatMap((n, round) =>
        range(20).flatMap((problem) =>
          range(n).map(() => ({ round, problem: `p${problem}`, correct: false, answer: String(rng.integer(8)) })),
        ),
      ),
    );
    const [first, second] = monitorSamples(samples).benchmarks[0].sharpening.value!.rounds;
    expect(Math.abs(first.entropy.mean! - second.entropy.mean!)).toBeLessThan(0.25);
    // Four answers have at most ln 4; forty of eight kinds have near ln 8.
    expect(second.entropy.mean!).toBeLessThan(Math.log(4));
  });
});
