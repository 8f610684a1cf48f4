import { afterAll, expect, test } from 'vitest';
import type { Augmentation } from '../../benchmarks/index.ts';
import { openEngine } from '../../engine/index.ts';
import { findMethod, type Learner } from '../../methods/index.ts';
import { blobStream, bytesOfState, copyState, drive, eventsOf, eventsOfTask, setupFor } from './fixtures.ts';

const engine = await openEngine('onnx');
afterAll(() => engine.dispose());

const stream = blobStream('split', 'class');

/** Adds one number drawn for each row. */
const shift: Augmentation = (rows, count, rng, out) => {
  const size = rows.length / count;
  for (let row = 0; row < count; row++) {
    const by = rng.uniform();
    for (let i = row * size; i < (row + 1) * size; i++) out[i] = rows[i] + by;
  }
};

function create(augmentation?: Augmentation, method = 'er'): Promise<Learner> {
  const setup = setupFor(method, { engine, stream, options: { memory: 20, replayBatch: 4 } });
  return findMethod(method).create({ ...setup, training: { ...setup.training, augmentation } });
}

test('what is trained on is augmented, what the buffer keeps is as the stream gave it', async () => {
  const [plain, augmented] = [await create(), await create(shift)];
  const events = eventsOfTask(stream, 0);
  const [first] = await drive(plain, events);
  const [changed] = await drive(augmented, events);
  expect(changed.loss).not.toBe(first.loss);
  expect(bytesOfState({ buffer: augmented.state().buffer })).toBe(bytesOfState({ buffer: plain.state().buffer }));
});

test('without changes it trains as without an augmentation', async () => {
  const copy: Augmentation = (rows, _count, _rng, out) => out.set(rows);
  const [plain, copied] = [await create(), await create(copy)];
  expect(await drive(copied, eventsOf(stream))).toEqual(await drive(plain, eventsOf(stream)));
});

test('a learner restored from its state goes on with the same changes, to the bit', async () => {
  const [learner, restored] = [await create(shift), await create(shift)];
  const events = eventsOf(stream);
  await drive(learner, events.slice(0, 5));
  const state = copyState(learner.state());
  const rest = await drive(learner, events.slice(5));
  restored.restore(state);
  expect(await drive(restored, events.slice(5))).toEqual(rest);
  expect(bytesOfState(restored.state())).toBe(bytesOfState(learner.state()));
});

test('every group of rows of a step is augmented, memory included', async () => {
  const counts: number[] = [];
  const counting: Augmentation = (rows, count, _rng, out) => {
    counts.push(count);
    out.set(rows);
  };
  const setup = setupFor('a-gem', { engine, stream, options: { memory: 24, referenceBatch: 10 } });
  const learner = await findMethod('a-gem').create({
    ...setup,
    training: { ...setup.training, augmentation: counting },
  });
  await drive(learner, eventsOf(stream));
  expect(new Set(counts)).toEqual(new Set([8, 10]));
});
