import { createRng } from '../../base/index.ts';
import { buildStream, type Stream } from '../../benchmarks/index.ts';
import { float32, type Arrays, type Engine, type Tensor2D } from '../../engine/index.ts';
import type { Learner } from '../../methods/index.ts';
import { blobStream, blobs, copyState, drive, inputSizeOf, type Event } from './fixtures.ts';

/** Three tasks of the task scenario, whose outputs are their own, or that share outputs. */
export function threeTasks(outputs: 'own' | 'shared'): Stream {
  if (outputs === 'own') return blobStream('split', 'task', 3);
  const windows = ['0-2', '1-3', '0-3'];
  return buildStream('overlapping', blobs(4), { scenario: 'task', heads: 'shared', windows }, createRng('stream'));
}

/** What a task is predicted with, copied. */
export function parametersOfTask(learner: Learner, task: number): Arrays {
  return Object.fromEntries(
    Object.entries(learner.model.parameters(task)).map(([name, array]) => [name, array.slice()]),
  );
}

/** The logits of a task's test rows as the evaluator has them computed. */
export async function logitsOfTask(engine: Engine, learner: Learner, stream: Stream, task: number) {
  const { test } = stream.tasks[task];
  const x = new Float32Array(test.length * inputSizeOf(stream));
  test.read(
    Int32Array.from({ length: test.length }, (_, row) => row),
    x,
  );
  const program = await engine.compile(
    'logits',
    (all) => ({ logits: learner.model.logits(all.parameters, all.x as Tensor2D) }),
    { parameters: learner.model.specs, x: float32(test.length, inputSizeOf(stream)) },
  );
  const { logits } = await program.run({ parameters: learner.model.parameters(task), x });
  return logits as Float32Array;
}

/** A part of the state as a checkpoint has it. */
export function stateOf<T>(learner: Learner): T {
  return copyState(learner.state()) as unknown as T;
}

/** Drives the calls, and hands over the learner after each of them. */
export async function driveEach(learner: Learner, events: readonly Event[], see: (i: number) => void): Promise<void> {
  for (const [i, event] of events.entries()) {
    await drive(learner, [event]);
    see(i);
  }
}
