import { array, assert, constantFrom, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lapaczScores, stabilityGaps } from '../../../metrics/index.ts';
import { curveOf, harnessLogs, logOf, withColumns } from '../logs.ts';
import { gaps } from './logDefinitions.ts';
import { logMetrics } from './logMetrics.ts';
import { anyLogs, asLoss, completeLogs, twice, withFlatColumn, withFlatTaskFirst, without } from './logRuns.ts';
import { nearOrNull } from './nearOrNull.ts';

const levels = constantFrom(0.25, 0.6, 1);
const numRuns = 300;

describe.each(logMetrics)('$name', ({ compute, definition, range, kind, flat, flatColumn }) => {
  it('is what its definition gives, whatever is missing, trained again or not known', () => {
    assert(
      property(anyLogs, (log) => {
        expect(compute(log)).toEqual(nearOrNull(definition(log)));
      }),
      { numRuns },
    );
  });
  it('is that of the harness’s logs, too', () => {
    assert(
      property(harnessLogs, (log) => {
        expect(compute(log)).toEqual(nearOrNull(definition(log)));
      }),
    );
  });
  it('lies in its range where every task is evaluated every time', () => {
    assert(
      property(completeLogs, (log) => {
        const value = compute(log);
        expect(value ?? range[0]).toBeGreaterThanOrEqual(range[0] - 1e-12);
        expect(value ?? range[0]).toBeLessThanOrEqual(range[1] + 1e-12);
      }),
      { numRuns },
    );
  });
  it('does not hang on the order of the columns', () => {
    assert(
      property(anyLogs, array(nat(), { minLength: 4, maxLength: 4 }), (log, ranks) => {
        const order = [...log.tasks.keys()].toSorted((a, b) => ranks[a] - ranks[b]);
        expect(compute(withColumns(log, order))).toEqual(nearOrNull(compute(log)));
      }),
    );
  });
  it('does not change when every model is evaluated twice', () => {
    assert(
      property(anyLogs, (log) => {
        expect(compute(twice(log))).toEqual(nearOrNull(compute(log)));
      }),
      { numRuns },
    );
  });
  it('turns round with the signs of all values where low ones are good, or is a size and stays', () => {
    assert(
      property(anyLogs, (log) => {
        const value = compute(log);
        expect(compute(asLoss(log))).toEqual(nearOrNull(value === null || kind === 'size' ? value : -value));
      }),
    );
  });
  it('takes in a task that comes first and never changes as its formula says', () => {
    assert(
      property(harnessLogs, levels, integer({ min: 2, max: 5 }), (log, c, updates) => {
        const grown = compute(withFlatTaskFirst(log, c, updates));
        expect(grown).toEqual(nearOrNull(flat(compute(log), { log, c, updates })));
      }),
    );
  });
  it('takes in a task that is never trained and never changes as its formula says', () => {
    assert(
      property(harnessLogs, levels, (log, c) => {
        const expected = flatColumn ? flatColumn(compute(log), log) : compute(log);
        expect(compute(withFlatColumn(log, c))).toEqual(nearOrNull(expected));
      }),
    );
  });
  it('is null, not 0, where nothing was evaluated', () => {
    assert(
      property(anyLogs, (log) => {
        expect(compute(without(log, () => true))).toBeNull();
      }),
    );
    expect(compute(logOf(['a', 'b'], []))).toBeNull();
  });
});

describe('with one task', () => {
  const named = (name: string) => logMetrics.find((metric) => metric.name === name)!.compute;
  it.each(['minimumAccuracy', 'meanGapDepth', 'meanRelativeDepth', 'meanRecoveryTime', 'meanGapArea'])(
    '%s is null, not 0',
    (name) => {
      assert(
        property(array(integer({ min: 0, max: 100 }), { minLength: 1 }), (curve) => {
          expect(named(name)(curveOf(curve.map((value) => value / 100)))).toBeNull();
        }),
      );
    },
  );
});

describe('where an earlier task was not evaluated since it was learnt', () => {
  it.each(['minimumAccuracy', 'worstCaseAccuracy', 'relativeAccuracyGap'])('%s is null, not 0', (name) => {
    const { compute } = logMetrics.find((metric) => metric.name === name)!;
    assert(
      property(
        harnessLogs.filter(({ tasks }) => tasks.length > 1),
        (log) => {
          expect(compute(without(log, (task, row) => task === 0 && log.trainingTask[row] > 0))).toBeNull();
        },
      ),
    );
  });
});

describe('stabilityGaps', () => {
  const near = (found: ReturnType<typeof gaps>) =>
    found.map((gap) =>
      expect.objectContaining(
        Object.fromEntries(
          Object.entries(gap).map(([key, value]) => [key, typeof value === 'number' ? nearOrNull(value) : value]),
        ),
      ),
    );
  it('finds the gaps that their definitions give, of the same tasks at the same switches', () => {
    assert(
      property(anyLogs, (log) => {
        expect(stabilityGaps(log)).toEqual(near(gaps(log)));
      }),
      { numRuns },
    );
  });
  it('finds the same ones when every model is evaluated twice', () => {
    assert(
      property(anyLogs, (log) => {
        expect(stabilityGaps(twice(log))).toEqual(stabilityGaps(log));
        expect(lapaczScores(twice(log))).toEqual(lapaczScores(log));
      }),
    );
  });
  it('finds, as a loss, gaps of the same depths at levels of the other sign', () => {
    assert(
      property(anyLogs, (log) => {
        const mirrored = gaps(log).map((gap) => ({ ...gap, reference: -gap.reference, minimum: -gap.minimum }));
        expect(stabilityGaps(asLoss(log))).toEqual(near(mirrored));
      }),
    );
  });
});
