import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { openEngine, sgd } from '../../engine/index.ts';
import { findMethod, methods, type Learner } from '../../methods/index.ts';
import { copyParameters, drive, eventsOf, setupFor, streamFor } from '../methods/fixtures.ts';
import { brisk } from './brisk.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

/** Options that leave out what a method trains at the end of a task, when the schedule of the task is at its end. */
const streamOnly: Readonly<Record<string, Record<string, unknown>>> = { 'self-distill': { generations: 1 } };

/** A learner that has gone through both tasks. */
async function trained(name: string, rate: number, schedule?: () => number): Promise<Learner> {
  const stream = streamFor(name);
  const options = { ...brisk[name], ...streamOnly[name] };
  const setup = setupFor(name, { engine: onnx, stream, options, batch: 6, rate, optimizer: sgd({ momentum: 0.5 }) });
  const learner = await findMethod(name).create({ ...setup, training: { ...setup.training, schedule } });
  await drive(learner, eventsOf(stream, { batch: 6 }));
  return learner;
}

describe.each(methods.map(({ name }) => name))('%s', (name) => {
  // Halving is exact: not a bit may differ.
  test('trains with half its rate as with a schedule whose factor is a half', async () => {
    const [half, scheduled, whole] = [
      await trained(name, 0.05),
      await trained(name, 0.1, () => 0.5),
      await trained(name, 0.1),
    ].map(copyParameters);
    expect(scheduled).toEqual(half);
    // Else all of this would hold of a method that has no use for a rate, as one that trains at evaluations.
    expect(isDeepStrictEqual(whole, half)).toBe(findMethod(name).learnsAt === 'evaluation');
  });
});
