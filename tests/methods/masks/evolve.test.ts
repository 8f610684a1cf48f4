import { describe, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { evolveLayer, replaceWithin, type TopologyRule } from '../../../methods/shared/masks/evolve.ts';

const rng = createRng(1);
const rule = (more: Partial<TopologyRule>): TopologyRule => ({
  drop: 'magnitude',
  growth: 'gradient',
  candidates: 'inactive',
  ...more,
});

describe('by hand, eight places of which five are active', () => {
  //                                0    1    2    3     4  5  6  7
  const weights = () => Float32Array.of(0.5, -0.1, 0.2, 0.05, -0.9, 0, 0, 0);
  const mask = () => Float32Array.of(1, 1, 1, 1, 1, 0, 0, 0);
  const gradients = () => Float32Array.of(0, 3, 0, 9, 0, 1, -2, 0.5);
  const evolve = (how: TopologyRule, drop: number, grow: number) => {
    const changed = mask();
    evolveLayer(
      how,
      { mask: changed, weights: weights(), gradients: gradients(), scores: gradients() },
      { drop, grow },
      rng,
    );
    return [...changed];
  };

  test('the two smallest go, 3 and 1, and the two steepest that were inactive come, 6 and 5', () => {
    expect(evolve(rule({}), 2, 2)).toEqual([1, 0, 1, 0, 1, 1, 1, 0]);
  });

  test('among all that were not kept those just dropped are steeper and come back', () => {
    expect(evolve(rule({ candidates: 'not-kept' }), 2, 2)).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
    expect(evolve(rule({ candidates: 'not-kept' }), 2, 3)).toEqual([1, 1, 1, 1, 1, 0, 1, 0]);
  });

  test('by the first-order change of the loss 0, 2 and 4 are worth nothing: the first two of them go', () => {
    expect(evolve(rule({ drop: 'taylor' }), 2, 2)).toEqual([0, 1, 0, 1, 1, 1, 1, 0]);
  });

  test('more may grow than go, and fewer', () => {
    expect(evolve(rule({}), 1, 3)).toEqual([1, 1, 1, 0, 1, 1, 1, 1]);
    expect(evolve(rule({}), 3, 1)).toEqual([1, 0, 0, 0, 1, 0, 1, 0]);
  });

  test('unfired growth remembers what was ever active', () => {
    const how = rule({ growth: 'unfired' });
    const [changed, everActive] = [mask(), mask()];
    const layer = { mask: changed, weights: weights(), everActive };
    evolveLayer(how, layer, { drop: 2, grow: 2 }, rng);
    const fresh = [5, 6, 7].filter((i) => everActive[i] === 0);
    expect(fresh).toHaveLength(1);
    // The last place that never was active comes first, and then one of those that were.
    evolveLayer(how, layer, { drop: 2, grow: 2 }, rng);
    expect(changed[fresh[0]]).toBe(1);
    expect([...everActive]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(changed.reduce((sum, value) => sum + value, 0)).toBe(5);
  });
});

test('each layer replaces its share, rounded down, and no more than it has places for', () => {
  const layers = [
    { active: 10, size: 100 },
    { active: 19, size: 20 },
    { active: 3, size: 3 },
  ];
  const counts = (candidates: TopologyRule['candidates']) =>
    replaceWithin(layers, 0.3, candidates).map(({ drop, grow }) => [drop, grow]);
  expect(counts('inactive')).toEqual([
    [3, 3],
    [1, 1],
    [0, 0],
  ]);
  expect(counts('not-kept')).toEqual([
    [3, 3],
    [5, 5],
    [0, 0],
  ]);
});
