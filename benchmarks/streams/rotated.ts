import { UserError } from '../../base/index.ts';
import type { Dataset, Scenario } from '../types.ts';
import { range, requireTaskCount } from './numbers.ts';
import { normalAngle, rotateImages } from './rotate.ts';
import type { StreamKind, StreamPlan } from './types.ts';
import { shapeOfViews, viewTasks, type TaskView } from './views.ts';

/** The angles with which Rotated MNIST is used to show the stability gap; see docs/streams.md. */
const defaultAngles = [0, 80, 160];

/** Angles that are drawn lie below this, as in the experiments of Dark Experience Replay (arXiv:2004.07211). */
const largestDrawn = 180;

/** The whole data set a task, every image rotated by the task's angle. */
export const rotated: StreamKind = {
  name: 'rotated',
  version: 1,
  description: 'every task shows all images rotated by an angle of its own',
  options: [
    {
      name: 'angles',
      unit: 'degrees counter-clockwise',
      default: defaultAngles.join(', '),
      description: 'one angle a task, all different',
    },
    {
      name: 'tasks',
      unit: 'tasks',
      default: 'as many as there are angles',
      description: `instead of angles: so many, drawn from 0 to ${largestDrawn} degrees by the seed`,
    },
  ],
  plan({ scenario, angles, tasks }, classCount) {
    if (tasks !== undefined) return planDrawn(scenario, tasks, angles, classCount);
    return planGiven(scenario, angles ?? defaultAngles, classCount);
  },
};

function planGiven(scenario: Scenario, angles: readonly number[], classCount: number): StreamPlan {
  requireAngles(angles);
  return {
    options: { scenario, angles },
    shape: shapeOfViews(scenario, angles.length, classCount),
    build: (dataset) =>
      viewTasks(
        dataset,
        scenario,
        angles.map((angle) => rotationView(dataset, `${angle}deg`, angle)),
      ),
  };
}

/** The names say nothing of the angles, so that the same task of another seed has the same name. */
function planDrawn(
  scenario: Scenario,
  tasks: number,
  angles: readonly number[] | undefined,
  classCount: number,
): StreamPlan {
  requireTaskCount(tasks);
  if (angles !== undefined)
    throw new UserError(
      'rotated streams take angles, or a number of tasks with angles drawn by the seed; leave one out',
    );
  return {
    options: { scenario, tasks },
    shape: shapeOfViews(scenario, tasks, classCount),
    build: (dataset, rng) =>
      viewTasks(
        dataset,
        scenario,
        range(1, tasks + 1).map((number) => {
          const name = `rotation-${number}`;
          // A fork a task: the first angles stay the same when more tasks follow.
          return rotationView(dataset, name, largestDrawn * rng.fork(name).uniform());
        }),
      ),
  };
}

function rotationView({ shape, maximum }: Dataset, name: string, angle: number): TaskView {
  if (normalAngle(angle) === 0) return { name, view: (raw) => ({ bytes: () => raw.inputs, maximum }) };
  // Interpolated values are kept as bytes; few grey levels are spread out so that a byte holds their fractions.
  const gain = Math.floor(255 / maximum);
  return {
    name,
    view: (raw) => ({
      bytes: once(() => rotateImages(raw.inputs, shape, angle, gain)),
      maximum: maximum * gain,
    }),
  };
}

function requireAngles(angles: readonly number[]): void {
  if (!Array.isArray(angles) || angles.length === 0 || !angles.every(Number.isFinite)) {
    throw new UserError(`invalid angles: ${String(angles)} (allowed: one finite number of degrees a task)`);
  }
  angles.forEach((angle, i) => {
    const twin = angles.slice(0, i).find((other) => normalAngle(other) === normalAngle(angle));
    if (twin !== undefined) {
      throw new UserError(`duplicate angles: ${twin} and ${angle} degrees give the same task; leave one out`);
    }
  });
}

/** Calls `make` at the first call only. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
