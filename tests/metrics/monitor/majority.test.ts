import { array, assert, integer, property, record, boolean, constantFrom } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../base/index.ts';
import {
  entropyError,
  entropyOf,
  majorityOf,
  sequentialImprovement,
  sharpening,
  type Vote,
} from '../../../metrics/index.ts';
import { near } from '../stats/near.ts';

/** `a!` is a right answer a, `-` an answer that is not known. */
const votes = (text: string): Vote[] =>
  text.split(' ').map((word) => ({ answer: word[0] === '-' ? null : word[0], correct: word.endsWith('!') }));

describe('majorityOf', () => {
  it('is the most frequent answer, its share, whether it is right, and the entropy of all', () => {
    // Entropy of ½, ¼, ¼ in nats: 1.5 ln 2.
    expect(majorityOf(votes('a! b a! c'))).toEqual({ n: 4, mass: 0.5, right: 1, entropy: near(1.5 * Math.LN2) });
    expect(majorityOf(votes('a a b!'))).toMatchObject({ mass: near(2 / 3), right: 0 });
    expect(majorityOf(votes('a! a!'))).toEqual({ n: 2, mass: 1, right: 1, entropy: 0 });
  });

  it('a tie is right by the share of right answers among those that tie', () => {
    expect(majorityOf(votes('a! b c'))!.right).toEqual(near(1 / 3));
    expect(majorityOf(votes('a! a! b b c'))!.right).toBe(0.5);
  });

  it('of a great many answers, all different', () => {
    const many = Array.from({ length: 300_000 }, (_, answer) => ({ answer, correct: answer === 0 }));
    expect(majorityOf(many)).toMatchObject({ mass: 1 / 300_000, right: near(1 / 300_000), entropy: near(Math.log(300_000), 9) }); // prettier-ignore
  });

  it('who has no answer does not vote', () => {
    expect(majorityOf(votes('- - a! b b'))).toMatchObject({ n: 3, mass: near(2 / 3), right: 0 });
    expect(majorityOf(votes('- -'))).toBeNull();
    expect(majorityOf([])).toBeNull();
  });
});

describe('entropy', () => {
  it('in nats, by hand', () => {
    expect(entropyOf([1, 1])).toEqual(near(Math.LN2));
    expect(entropyOf([3, 1])).toEqual(near(0.75 * Math.log(4 / 3) + 0.25 * Math.log(4)));
    expect(entropyOf([5])).toBe(0);
    expect(entropyOf([])).toBe(0);
    expect(entropyOf([4, 0])).toBe(0);
    expect(() => entropyOf([0.5])).toThrow(RangeError);
  });

  it('lies between 0 and ln n, and does not depend on order or scale', () => {
    const counts = array(integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 8 });
    assert(
      property(counts, (own) => {
        const n = own.reduce((sum, count) => sum + count, 0);
        const entropy = entropyOf(own);
        expect(entropy >= 0 && entropy <= Math.log(Math.max(1, n)) + 1e-12).toBe(true);
        expect(entropyOf(own.toReversed())).toEqual(near(entropy));
        expect(entropyOf(own.map((count) => 3 * count))).toEqual(near(entropy));
      }),
    );
  });

  it.each([[[0.7, 0.2, 0.1]], [[0.25, 0.25, 0.25, 0.25]], [[0.9, 0.1]]])(
    'its standard error is the spread over drawn samples: %j',
    (shares) => {
      const rng = createRng(`entropy/${shares.join()}`);
      const n = 200;
      const drawn = Array.from({ length: 2000 }, () => {
        const counts = shares.map(() => 0);
        for (let i = 0; i < n; i++) {
          let rest = rng.uniform();
          counts[
            Math.max(
              0,
              shares.findIndex((share) => (rest -= share) < 0),
            )
          ]++;
        }
        return entropyOf(counts);
      });
      const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
      const spread = Math.sqrt(drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (drawn.length - 1));
      expect(entropyError(shares.map((share) => share * n)) / spread).toBeCloseTo(1, 1);
    },
  );

  it('has no error for one kind', () => {
    expect([entropyError([5]), entropyError([]), entropyError([0, 3])]).toEqual([0, 0, 0]);
    expect(entropyError([2, 2])).toEqual(near(Math.sqrt(1 / 32)));
  });
});

describe('sharpening', () => {
  it('of three queries, worked by hand', () => {
    // m = 1, wrong; m = ¾, right; m = ½, a tie of a right and a wrong answer.
    const found = sharpening([votes('a a a a'), votes('b! b! b! c'), votes('d! d! e e')], 0.1)!;
    expect(found).toMatchObject({ queries: 3, delta: 0.1, massRight: near((0.75 + 0.25) / 1.5), massWrong: near((1 + 0.25) / 1.5) }); // prettier-ignore
    const means = [found.mass, found.sharpened, found.sharpenedRight, found.sharpenedWrong, found.majorityRight];
    expect(means.map(({ mean }) => mean)).toEqual(near([0.75, 1 / 3, 0, 1 / 3, 0.5]));
    // Right answers: 0, ¾, ½.
    expect(found.voteGain.mean).toEqual(near(0.5 - 1.25 / 3));
    expect(found.entropy.mean).toEqual(near((0 + 0.5623351446188083 + Math.LN2) / 3));
  });

  it('δ is where a query counts as settled: at 1 − δ it does', () => {
    const query = [votes('a! a! a! b')];
    expect([0.24, 0.25, 0.3].map((delta) => sharpening(query, delta)!.sharpened.mean)).toEqual([0, 1, 1]);
    // .9 of ten, which is less than 1 − .1 in doubles.
    expect(sharpening([votes('a a a a a a a a a b')], 0.1)!.sharpened.mean).toBe(1);
    expect(() => sharpening(query, 0)).toThrow(RangeError);
  });

  it('queries without an answer are left out', () => {
    expect(sharpening([votes('- -'), votes('a! a!')])).toMatchObject({ queries: 1, massWrong: null });
    expect(sharpening([votes('-')])).toBeNull();
  });

  it('settled on right and on wrong answers adds up', () => {
    const vote = record({ answer: constantFrom('a', 'b', null), correct: boolean() });
    assert(
      property(array(array(vote, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 }), (queries) => {
        const found = sharpening(queries, 0.3);
        const sum = found && found.sharpenedRight.mean! + found.sharpenedWrong.mean!;
        expect(sum ?? 0).toEqual(near(found?.sharpened.mean ?? 0));
      }),
    );
  });
});

describe('sequentialImprovement', () => {
  // Two problems, three chains of three turns.
  const first = ['a! a! b', 'b b a!', 'b a! a!'].map(votes);
  const second = ['c c c', 'd! c d!', 'c d! c'].map(votes);

  it('is worked by hand', () => {
    const found = sequentialImprovement([first, second], 3)!;
    const means = [found.first, found.parallel!, found.sequential!, found.oracle!, found.gain!].map(({ mean }) => mean);
    // m1@t1: 1/3 and 1/3. m3@t1: of a b b, wrong; of c d c, wrong. m1@t3: right, wrong, right; wrong, right, wrong. p1@t3: all; 2 of 3.
    expect(means).toEqual(near([1 / 3, 0, (2 / 3 + 1 / 3) / 2, (1 + 2 / 3) / 2, 0.5]));
    expect(found.gain!.standardError).toEqual(near(1 / 6));
  });

  it('of one answer parallel and in turn are the first answers', () => {
    const found = sequentialImprovement([first, second], 1)!;
    expect(found.sequential!.mean).toEqual(near(1 / 3));
    expect(found.oracle!.mean).toEqual(near(1 / 3));
    expect(found.parallel!.mean).toBe(0.5);
  });

  it('is null where chains or turns are too few', () => {
    expect(sequentialImprovement([first, second.slice(1)], 3)).toMatchObject({ parallel: null, gain: null });
    expect(sequentialImprovement([first, second], 4)).toMatchObject({ sequential: null, oracle: null, gain: null });
    expect(sequentialImprovement([], 1)).toBeNull();
    expect(sequentialImprovement([[]], 1)).toBeNull();
    expect(() => sequentialImprovement([first], 0)).toThrow(RangeError);
  });

  it('a majority without answers is wrong', () => {
    expect(sequentialImprovement([[votes('- -')]], 2)!.sequential!.mean).toBe(0);
  });
});
