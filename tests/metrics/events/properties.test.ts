import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EvaluationLog } from '../../../logs/index.ts';
import { detectEvents } from '../../../metrics/events.ts';
import type { Event } from '../../../metrics/events/event.ts';
import { shareLogs } from './logs.ts';

const times = { numRuns: 150, seed: 1 };

/** By task, then by step, so that two lists compare. */
const inOrder = (events: readonly Event[]): Event[] =>
  events.toSorted((a, b) => (a.task === b.task ? a.switchStep - b.switchStep : a.task < b.task ? -1 : 1));

const close = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-9 * Math.max(1e-3, Math.abs(a)));

test('every event keeps its bounds', () => {
  fc.assert(
    fc.property(shareLogs, (log) => {
      for (const event of detectEvents(log)) {
        expect(event.depth).toBeCloseTo(event.reference - event.minimum, 12);
        expect(event.depth).toBeLessThanOrEqual(event.reference);
        expect(event.area).toBeGreaterThanOrEqual(0);
        expect(event.minimumStep).toBeGreaterThan(event.switchStep);
        expect(event.minimum).toBeLessThanOrEqual(event.end);
        expect(event.onsetStep ?? event.minimumStep).toBeLessThanOrEqual(event.minimumStep);
        expect(event.onsetStep ?? Infinity).toBeGreaterThan(event.switchStep);
        expect(event.recoveryStep ?? Infinity).toBeGreaterThan(event.minimumStep);
        expect(event.p ?? 0).toBeGreaterThanOrEqual(0);
        expect(event.p ?? 0).toBeLessThanOrEqual(1);
        expect(event.chanceDepth ?? 1).toBeGreaterThan(0);
        expect(event.p === null).toBe(event.z === null);
        expect(event.recoveryStep !== null).toBe(event.kind === 'stability_gap');
        expect(event.p ?? 0).toBeLessThanOrEqual(event.kind === 'noise' ? 1 : 0.05);
      }
    }),
    times,
  );
});

/** What the definitions give at every switch, row by row. */
function naive({ tasks, steps, trainingTask, values }: EvaluationLog) {
  const found = [];
  for (let start = 1; start < steps.length; start++) {
    if (trainingTask[start] === trainingTask[start - 1]) continue;
    const rest = [...steps.keys()].slice(start);
    const stay = rest.findIndex((row) => trainingTask[row] !== trainingTask[start]);
    const rows = stay < 0 ? rest : rest.slice(0, stay);
    for (const [task, curve] of values.entries()) {
      const isEarlier = trainingTask.subarray(0, start).includes(task) && task !== trainingTask[start];
      const from = curve.subarray(0, start).findLastIndex((value) => !Number.isNaN(value));
      const made = rows.filter((row) => !Number.isNaN(curve[row]));
      if (!isEarlier || from < 0 || made.length === 0) continue;
      const reference = curve[from];
      const minimum = Math.min(...made.map((row) => curve[row]));
      const points = [from, ...made].map((row) => ({ step: steps[row], drop: Math.max(0, reference - curve[row]) }));
      const area = points
        .slice(1)
        .map(({ step, drop }, i) => ((step - points[i].step) * (drop + points[i].drop)) / 2)
        .reduce((sum, part) => sum + part, 0);
      found.push({
        task: tasks[task],
        switchStep: steps[from],
        switchTask: tasks[trainingTask[start]],
        minimumStep: steps[made.find((row) => curve[row] === minimum)!],
        numbers: [reference, minimum, curve[made.at(-1)!], reference - minimum, area].map((each) => each.toFixed(9)),
      });
    }
  }
  return found;
}

test('reference, minimum, end, depth and area are what their definitions say, row by row', () => {
  fc.assert(
    fc.property(shareLogs, (log) => {
      fc.pre(log.trainingTask[0] >= 0);
      const key = (event: object): string => JSON.stringify(event);
      const found = detectEvents(log).map(({ task, switchStep, switchTask, minimumStep, ...event }) => {
        const numbers = [event.reference, event.minimum, event.end, event.depth, event.area].map((each) =>
          each.toFixed(9),
        );
        return { task, switchStep, switchTask, minimumStep, numbers };
      });
      expect(found.map(key).toSorted()).toEqual(naive(log).map(key).toSorted());
    }),
    times,
  );
});

test('permuting the tasks permutes the events', () => {
  fc.assert(
    fc.property(shareLogs, (log) => {
      const order = log.tasks.map((_, task) => task).toReversed();
      const take = <T>(items: readonly T[]): T[] => order.map((task) => items[task]);
      const permuted: EvaluationLog = {
        ...log,
        tasks: take(log.tasks),
        trainingTask: log.trainingTask.map((task) => (task < 0 ? task : order.indexOf(task))),
        values: take(log.values),
        counts: log.counts && take(log.counts),
        standardErrors: log.standardErrors && take(log.standardErrors),
      };
      const expected = inOrder(detectEvents(log)).map((event) => ({
        ...event,
        taskIndex: order.indexOf(event.taskIndex),
      }));
      expect(inOrder(detectEvents(permuted))).toEqual(expected);
    }),
    times,
  );
});

test('a task that stays as it is has only noise, and changes the other events by nothing but the number of tests', () => {
  fc.assert(
    fc.property(shareLogs, (log) => {
      const rows = log.steps.length;
      const more = (arrays: readonly Float64Array[] | undefined, value: number) =>
        arrays && [...arrays, new Float64Array(rows).fill(value)];
      const wider: EvaluationLog = {
        ...log,
        tasks: [...log.tasks, 'flat'],
        // Trained first, by itself, so that it is judged at every switch.
        trainingTask: log.trainingTask.map((task, row) => (row === 0 && task >= 0 ? log.tasks.length : task)),
        values: more(log.values, 0.7)!,
        counts: more(log.counts, 500),
        standardErrors: more(log.standardErrors, 0.02),
      };
      // The same training, without the flat task.
      const narrow: EvaluationLog = {
        ...wider,
        values: wider.values.map((each, task) => (task < log.tasks.length ? each : each.map(() => NaN))),
      };
      const [events, without] = [wider, narrow].map((each) => inOrder(detectEvents(each)));
      expect(events.filter(({ task, kind }) => task === 'flat' && kind !== 'noise')).toEqual([]);
      const others = events.filter(({ task }) => task !== 'flat');
      expect(others.length).toBe(without.length);
      others.forEach((event, i) => {
        const alone = without[i];
        expect({ ...event, kind: 0, p: 0, onsetStep: 0, recoveryStep: 0 }).toEqual({
          ...alone,
          kind: 0,
          p: 0,
          onsetStep: 0,
          recoveryStep: 0,
        });
        // More tests can only turn an event into noise, or a fall into a rise.
        expect([alone.kind, 'noise', 'backward_transfer']).toContain(event.kind);
        expect(event.kind === alone.kind ? (event.p ?? 0) : 1).toBeGreaterThanOrEqual((alone.p ?? 0) - 1e-12);
      });
    }),
    times,
  );
});

test('a loss is an accuracy upside down, in any unit', () => {
  fc.assert(
    fc.property(shareLogs, fc.constantFrom(0.01, 3, 1000), (log, scale) => {
      // Errors, not numbers of items: a loss has none that are binomial.
      const { counts, ...rest } = log;
      const known = { ...rest, standardErrors: log.standardErrors ?? counts?.map((each) => each.map(() => 0.03)) };
      const accuracy: EvaluationLog = {
        ...known,
        measure: 'score',
        values: log.values.map((each) => each.map((value) => value + 10)),
      };
      const loss: EvaluationLog = {
        ...accuracy,
        measure: 'loss',
        higherIsBetter: false,
        values: accuracy.values.map((each) => each.map((value) => -scale * value)),
        standardErrors: accuracy.standardErrors?.map((each) => each.map((error) => scale * error)),
      };
      const [straight, flipped] = [accuracy, loss].map((each) => inOrder(detectEvents(each)));
      expect(
        flipped.map(({ kind, minimumStep, onsetStep, recoveryStep }) => [kind, minimumStep, onsetStep, recoveryStep]),
      ).toEqual(
        straight.map(({ kind, minimumStep, onsetStep, recoveryStep }) => [kind, minimumStep, onsetStep, recoveryStep]),
      );
      straight.forEach((event, i) => {
        const other = flipped[i];
        expect(close(other.minimum, -scale * event.minimum)).toBe(true);
        expect(close(other.depth, scale * event.depth)).toBe(true);
        expect(close(other.area, scale * event.area)).toBe(true);
        expect(close(other.relativeDepth, event.relativeDepth)).toBe(true);
        expect(close(other.z, event.z)).toBe(true);
        expect(close(other.p, event.p)).toBe(true);
      });
    }),
    times,
  );
});
