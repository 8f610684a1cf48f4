import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { UserError, codeOf, messageOf, parseWith } from '../base/index.ts';

/** The schema of a file of `stabgap refine-lr`, version 1: factors on the learning rate, and where they come from. Documented in docs/formats.md. */
export const scheduleFileSchema = z.strictObject({
  format: z.literal(1),
  schedule: z.literal('refined'),
  /** The run whose gradients the factors were made from. */
  source: z.strictObject({
    run: z.string(),
    method: z.string(),
    stream: z.string(),
    scenario: z.string(),
    seed: z.number(),
    optimizer: z.string(),
    lr: z.number(),
    schedule: z.string(),
  }),
  /** Which norm of the gradients was read, what power of it the weights are, and the share of a task that its median filter spans. */
  norm: z.enum(['l1', 'l2']),
  exponent: z.number(),
  tau: z.number(),
  /** One a task, in training order; one in all of a stream without tasks. */
  tasks: z
    .array(
      z.strictObject({
        name: z.string(),
        updates: z.int().min(1),
        /** One an update, the largest 1. */
        factors: z.array(z.number().min(0).max(1)).min(1),
      }),
    )
    .min(1),
});

export type ScheduleFile = z.infer<typeof scheduleFileSchema>;

/**
 * Reads a file of `stabgap refine-lr`.
 * @param expected its SHA-256, where it is known which file it must be
 * @throws {UserError} naming the file where it cannot be read, is another one, or is none of that kind
 */
export function readScheduleFile(path: string, expected?: string): { schedule: ScheduleFile; sha256: string } {
  const bytes = readBytes(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (expected !== undefined && sha256 !== expected)
    throw new UserError(
      `${path} is not the schedule of the experiment: its content has sha256 ${sha256}, expected ${expected}; ` +
        'get that file back, or start another experiment',
    );
  const schedule = parseWith(scheduleFileSchema, parse(bytes.toString('utf8'), path), path);
  const wrong = schedule.tasks.find(({ updates, factors }) => factors.length !== updates);
  if (wrong)
    throw new UserError(`${path}: task ${wrong.name} has ${wrong.factors.length} factors for ${wrong.updates} updates`);
  return { schedule, sha256 };
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new UserError(`scheduleFile: ${path} does not exist; check the path`);
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: not a schedule of stabgap refine-lr: not valid JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
