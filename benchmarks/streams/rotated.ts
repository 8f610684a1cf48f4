import { UserError } from '../../base/index.ts';
import type { Dataset } from '../types.ts';
import { normalAngle, rotateImages } from './rotate.ts';
import type { StreamKind } from './types.ts';
import { shapeOfViews, viewTasks, type TaskView } from './views.ts';

/** The angles with which Rotated MNIST is used to show the stability gap; see docs/streams.md. */
const defaultAngles = [0, 80, 160];

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
  ],
  plan({ scenario, angles = defaultAngles }, classCount) {
    requireAngles(angles);
    return {
      options: { scenario, angles },
      shape: shapeOfViews(scenario, angles.length, classCount),
      build: (dataset) =>
        viewTasks(
          dataset,
          scenario,
          angles.map((angle) => rotationView(dataset, angle)),
        ),
    };
  },
};

function rotationView({ shape, maximum }: Dataset, angle: number): TaskView {
  const name = `${angle}deg`;
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
