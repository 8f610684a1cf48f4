/** @file The keys of an experiment that its stream is made from. Loads no engine, as experimentSchema.ts does not. */
import * as z from 'zod';
import { scenarios, type StreamOptions } from '../benchmarks/index.ts';

const columns = z.array(z.string().min(1));
const percent = z.number().min(0).max(100);

/** The checksum of a file of the user's. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');

/** Which of the keys a kind of stream takes, and their defaults, depend on it. */
export const streamKeys = {
  scenario: z.enum(scenarios).default('class').describe('which outputs compete'),
  tasks: z.int().min(1).optional().describe('number of tasks'),
  classOrder: z.enum(['natural', 'random']).optional().describe('order of the classes in split and blurry streams'),
  angles: z.array(z.number()).min(1).optional().describe('one angle a task in rotated streams, degrees'),
  disjoint: percent.optional().describe('classes that are in one task only in blurry streams, percent'),
  blur: percent.optional().describe('samples of the other classes that are spread in blurry streams, percent'),
  windows: z
    .array(z.string().regex(/^\d+-\d+$/, 'must be two class numbers, such as 0-3'))
    .min(1)
    .optional()
    .describe('first and last class of each task in overlapping streams, such as 0-3,2-5'),
  heads: z
    .enum(['own', 'shared'])
    .optional()
    .describe('an output for each class of each task, or one a class, in overlapping streams'),
  similarity: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('cosine between a class’s means in successive tasks, in mixture'),
  classes: z.int().min(2).optional().describe('classes of a task, in mixture'),
  separation: z.number().min(0).optional().describe('distance between the classes of a task, in mixture'),
  dimensions: z.int().min(1).optional().describe('numbers in an input, in mixture'),
  samples: z.int().min(1).optional().describe('training samples of each class of a task, in mixture'),
  csv: z.string().min(1).optional().describe('CSV file in order of time, for drift-csv'),
  csvSha256: sha256.optional().describe('checksum that the CSV file must have'),
  target: z.string().optional().describe('column of the classes, in drift-csv'),
  testShare: z.number().gt(0).max(0.5).optional().describe('share of test rows in each part, in drift-csv'),
  categorical: columns.optional().describe('columns whose numbers are categories, in drift-csv'),
  ignore: columns.optional().describe('columns to leave out, such as a date, in drift-csv'),
  missing: z.enum(['error', 'mean']).optional().describe('what to do where an input is missing, in drift-csv'),
  trainSamples: z
    .int()
    .min(1)
    .optional()
    .describe('training samples of each task, drawn by the seed; all unless given'),
  pad: z.int().min(1).max(32).optional().describe('border of zeros around every image, pixels; none unless given'),
  normalize: z.boolean().optional().describe('bring every channel to mean 0 and deviation 1; on for colour images'),
} as const satisfies { readonly [K in keyof StreamOptions]-?: z.ZodType };

/** The part of an experiment that its stream is made from, without keys that are left open. */
export function streamOptionsOf(options: StreamOptions): StreamOptions {
  const keys = Object.keys(streamKeys) as (keyof StreamOptions)[];
  return Object.fromEntries(
    keys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])),
  ) as unknown as StreamOptions;
}
