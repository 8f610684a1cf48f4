import type { EvaluationLog } from '../logs/index.ts';
import type { TaskCourse } from './analysis.ts';

/** How each task of a log went; tasks that were never evaluated are left out. */
export function taskCourses({ tasks, steps, values, higherIsBetter }: EvaluationLog): Record<string, TaskCourse> {
  const sign = higherIsBetter ? 1 : -1;
  return Object.fromEntries(
    tasks.flatMap((name, task) => {
      const own = values[task];
      let [first, best, worst, last] = [-1, -1, -1, -1];
      let evaluations = 0;
      own.forEach((value, row) => {
        if (Number.isNaN(value)) return;
        evaluations++;
        if (first < 0) first = row;
        if (best < 0 || sign * value > sign * own[best]) best = row;
        if (worst < 0 || sign * value < sign * own[worst]) worst = row;
        last = row;
      });
      if (evaluations === 0) return [];
      const course: TaskCourse = {
        evaluations,
        first: own[first],
        best: own[best],
        best_step: steps[best],
        worst: own[worst],
        worst_step: steps[worst],
        last: own[last],
        last_minus_best: sign * (own[last] - own[best]),
      };
      return [[name, course]];
    }),
  );
}
