import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { importLogs } from '../../../logs/importers/registry.ts';
import type { EvaluationLog } from '../../../logs/index.ts';
import { detectEvents } from '../../../metrics/events.ts';

const folder = join(packageRoot, '..', 'shared', 'logs', 'pythia160m_lm_eval');
const skipped = existsSync(folder) ? '' : ` (skipped: there is no ${folder})`;

/** EleutherAI’s own evaluations of 27 checkpoints of Pythia-160M, 65 tasks with standard errors; what was trained when is not said. */
describe.skipIf(skipped !== '')(`Pythia-160M${skipped}`, () => {
  const read = (): EvaluationLog => importLogs(folder)[0].log!;

  /** A part of the tasks. */
  function only(log: EvaluationLog, keep: (task: string) => boolean): EvaluationLog {
    const kept = [...log.tasks.keys()].filter((task) => keep(log.tasks[task]));
    return {
      ...log,
      tasks: kept.map((task) => log.tasks[task]),
      values: kept.map((task) => log.values[task]),
      standardErrors: kept.map((task) => log.standardErrors![task]),
    };
  }

  test('LAMBADA’s late regression is forgetting, by nine standard errors, and the only event of 65 tasks', () => {
    const [event, ...others] = detectEvents(read());
    expect(event).toMatchObject({
      task: 'lambada_openai',
      kind: 'forgetting',
      switchStep: 63_000,
      minimumStep: 133_000,
      noise: 'given',
      recoveryStep: null,
    });
    expect(event.reference).toBeCloseTo(0.399, 3);
    expect(event.minimum).toBeCloseTo(0.313, 3);
    expect(event.end).toBeCloseTo(0.328, 3);
    // .0862 / √(.00682² + .00646²): the errors of the files.
    expect(event.z).toBeCloseTo(9.13, 1);
    expect(event.p).toBeLessThan(1e-13);
    expect(others.every(({ kind }) => kind === 'noise')).toBe(true);
  });

  // The studentised range of 27 values has its upper 5 % point at 5.23, 3.70 standard errors of a difference (scipy.stats.studentized_range).
  test('SciQ and WSC fall by 3.9 and 4.0 standard errors: events by themselves, but not among nine tasks, or 65', () => {
    const fallOf = (task: string, keep: (task: string) => boolean) =>
      detectEvents(only(read(), keep)).find((event) => event.task === task)!;
    const alone = ['sciq', 'wsc'].map((task) => fallOf(task, (each) => each === task));
    const amongNine = ['sciq', 'wsc'].map((task) => fallOf(task, (each) => !each.startsWith('hendrycksTest')));
    expect(alone.map(({ z }) => z!.toFixed(1))).toEqual(['3.9', '4.0']);
    expect(alone.map(({ p }) => p!.toFixed(3))).toEqual(['0.027', '0.016']);
    expect(amongNine.map(({ p }) => p!.toFixed(2))).toEqual(['0.13', '0.10']);
    // SciQ ends at .741, 2.5 standard errors below .775; WSC answers the same to all items from step 1,000 on.
    expect(alone.map(({ kind }) => kind)).toEqual(['forgetting', 'forgetting']);
    expect(amongNine.map(({ kind }) => kind)).toEqual(['noise', 'noise']);
  });

  test('ARC-Challenge falls below guessing early in training: 4.3 standard errors, an event among nine tasks', () => {
    const events = detectEvents(only(read(), (task) => !task.startsWith('hendrycksTest')));
    expect(events.filter(({ kind }) => kind !== 'noise').map(({ task }) => task)).toEqual([
      'lambada_openai',
      'arc_challenge',
    ]);
    expect(events[1]).toMatchObject({ kind: 'forgetting', switchStep: 8, minimumStep: 3000 });
    expect(events[1].z).toBeCloseTo(4.31, 1);
  });
});
