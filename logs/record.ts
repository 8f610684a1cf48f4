import { z } from 'zod';

/** Operations by what they are for, over a whole run. */
const layerFlops = z.strictObject({ forward: z.number(), inputGradient: z.number(), weightGradient: z.number() });

/** The schema of `run.json`, version 1: everything needed to run a run again, and how it ended. Documented in docs/formats.md. */
export const runRecordSchema = z.strictObject({
  format: z.literal(1),
  /** The run's folder name, such as `er-seed1`. */
  run: z.string(),
  /** The method's registry name, and the label it goes by in this experiment (they differ when one method runs with several option sets). */
  method: z.strictObject({
    name: z.string(),
    label: z.string(),
    title: z.string(),
    options: z.record(z.string(), z.unknown()),
    /** What the options leave open and comparisons depend on, such as the form of a penalty, in words. */
    conventions: z.array(z.string()).optional(),
  }),
  seed: z.number(),
  stream: z.strictObject({
    name: z.string(),
    version: z.number(),
    scenario: z.enum(['class', 'task', 'domain', 'task-free']),
    options: z.record(z.string(), z.unknown()),
    tasks: z.array(z.strictObject({ name: z.string(), train: z.number(), test: z.number(), evaluated: z.number() })),
    inputShape: z.array(z.number()),
    outputs: z.number(),
  }),
  network: z.strictObject({ name: z.string(), options: z.record(z.string(), z.unknown()), parameters: z.number() }),
  /** Optimiser, learning rate, batch size, epochs, …: resolved, no defaults left open. */
  training: z.record(z.string(), z.unknown()),
  /**
   * ρ or `adaptive`, subset size and the conventions of the evaluation protocol, in words where they are conventions. Incremental evaluations update the
   * first layer's outputs and start from a full product again after `refreshEvery` (null where none can be incremental); `incremental` is
   * how many there were so far. Records of before these keys were of full evaluations. `prequential` is there where every stream batch was
   * scored before it was learnt, and `gradients` where steps.csv holds
   * the sizes of gradients.
   */
  evaluation: z.strictObject({
    every: z.union([z.number(), z.literal('adaptive')]),
    subset: z.number(),
    mode: z.enum(['auto', 'full']).default('full'),
    refreshEvery: z.number().nullable().default(null),
    incremental: z.number().default(0),
    prequential: z.literal(true).optional(),
    gradients: z.literal(true).optional(),
    conventions: z.array(z.string()),
  }),
  /** `provider`: where ONNX Runtime computed; absent for other engines. */
  engine: z.strictObject({ name: z.string(), threads: z.number(), provider: z.string().optional() }),
  versions: z.record(z.string(), z.string()),
  machine: z.strictObject({ platform: z.string(), cpu: z.string(), cores: z.number(), memoryBytes: z.number() }),
  status: z.enum(['running', 'interrupted', 'complete', 'diverged', 'failed']),
  /** Why a run stopped before its end, with advice; null otherwise. */
  reason: z.string().nullable(),
  /** What the method told of the run that its numbers alone do not show, such as a layer that can learn no more. */
  warnings: z.array(z.string()).default([]),
  started: z.string(),
  ended: z.string().nullable(),
  /**
   * Filled when the run ends. `trainingFlops` counts a multiply-add as two, null where the engine cannot tell; `extraBytes` is the method's own memory: buffers, anchors, masks.
   * `flops` counts products with weights of layers alone, as they were executed and as a sparse implementation would; absent where they are not known, and in
   * records of before they were counted. `masks` is there for sparse methods. Each number is defined in docs/costs.md.
   */
  cost: z
    .strictObject({
      updates: z.number(),
      seconds: z.strictObject({ training: z.number(), evaluation: z.number(), other: z.number() }),
      trainingFlops: z.number().nullable(),
      peakMemoryBytes: z.number(),
      extraBytes: z.number(),
      flops: z
        .strictObject({
          layers: layerFlops,
          sparse: layerFlops,
          forwardOnlyReplay: z.number(),
          forwardOnlyReplaySparse: z.number(),
          inference: z.number(),
          inferenceSparse: z.number(),
        })
        .optional(),
      masks: z
        .strictObject({
          active: z.number(),
          peakActive: z.number(),
          union: z.number(),
          total: z.number(),
          bits: z.number(),
        })
        .optional(),
    })
    .nullable(),
});

export type RunRecord = z.infer<typeof runRecordSchema>;
