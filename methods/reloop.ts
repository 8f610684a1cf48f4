import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { allocate, float32, tf, type Arrays, type Tap, type Tensor2D, type Tensors } from '../engine/index.ts';
import { defineMethod, type Batch, type Model, type State } from './contract.ts';
import { findMethod } from './lookup.ts';
import { correctedLog, groupedLogSoftmax, memorySpecs, outputGroups, type Correction } from './shared/errorMemory.ts';
import { featureSize } from './shared/features.ts';
import { choice, positiveInteger, unitInterval } from './shared/options.ts';
import { bucketsOf, drawPlanes } from './shared/simhash.ts';
import { assign, bytesOf } from './shared/trainer.ts';

const name = 'reloop';

/**
 * ReLoop2: any method, whose predictions are corrected at test time by a memory of labels and past predictions near them, a sketch of fixed
 * size (SimHash). Nothing is trained but what the base method trains. Docs: docs/methods/reloop.md
 */
export const reloop = defineMethod({
  name,
  title: 'ReLoop2',
  family: 'replay',
  paper: 'arXiv:2306.08808',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z
    .strictObject({
      base: z.string().default('finetune').meta({
        description: 'method whose predictions are corrected',
        unit: 'name',
        source: 'ours: what does not keep up by itself',
      }),
      baseOptions: z
        .record(z.string(), z.unknown())
        .default({})
        .meta({ description: 'options of that method', unit: 'by name', source: 'its own defaults' }),
      lambda: unitInterval(0.4, {
        description: 'strength of the correction (λ)',
        unit: '1',
        source: 'arXiv:2306.08808 (MicroVideo; 0.9 on Amazon Electronics)',
      }),
      gamma: unitInterval(1, {
        description: 'share of the correction that is towards the labels, not by past errors (γ)',
        unit: '1',
        source: 'arXiv:2306.08808',
      }),
      tables: positiveInteger(8, {
        description: 'hash functions, each with a table of its own (K)',
        unit: 'tables',
        source: 'ours; 70 to 180 in arXiv:2306.08808',
      }),
      bits: z.int().min(1).max(20).default(10).meta({
        description: 'bits of a hash, for 2^bits buckets a table (L)',
        unit: 'bits',
        source: 'ours; 16 in arXiv:2306.08808',
      }),
      reset: choice(['never', 'task'], 'never', {
        description: 'when the memory is emptied',
        source: 'ours, see docs/methods/reloop.md',
      }),
    })
    // With nothing left open, for the record of the run.
    .overwrite((options) => ({ ...options, baseOptions: findMethod(options.base).parseOptions(options.baseOptions) })),
  check({ base, baseOptions, tables, bits, reset }, stream) {
    if (base === name) throw new UserError(`method ${name}: base: ${name} cannot correct itself; name another method`);
    if (tables * 2 ** bits > 2 ** 24)
      throw new UserError(
        `method ${name}: ${tables} tables of 2^${bits} buckets are more than 2^24 in all; choose fewer tables or bits`,
      );
    if (reset === 'task' && stream.scenario === 'task-free')
      throw new UserError(`method ${name}: reset: a task-free stream does not tell where tasks begin; choose never`);
    findMethod(base).check(baseOptions, stream);
  },
  async create(setup) {
    const { engine, network, stream, training, options, rng } = setup;
    const { inputSize, outputCount } = stream;
    const groups = outputGroups(stream);
    const correction: Correction = { ...options, width: featureSize(network), groups, outputCount };
    const { tables } = correction;
    const base = await findMethod(options.base).create({ ...setup, options: options.baseOptions });
    const specs = memorySpecs(correction);
    const memory = allocate(specs);
    memory.planes.set(drawPlanes(correction, rng.fork('planes')));
    const groupOf = Array.from({ length: outputCount }, (_, k) => groups.find((group) => group.includes(k)) ?? []);
    const see = featuresOf(base.model, network.layers.at(-1)!.name);

    const locate = await engine.compile(
      'reloop-write',
      (all) => {
        const { logits, features } = see(all.model, all.x as Tensor2D);
        return {
          buckets: bucketsOf(features, all.planes as Tensor2D, correction),
          probabilities: tf.exp(groupedLogSoftmax(logits, groups)),
        };
      },
      { model: base.model.specs, planes: specs.planes, x: float32(training.batch, inputSize) },
    );
    let flops: number | null = 0;

    /** The batch as it is predicted before it is learnt, with its labels. */
    async function write({ x, y, size }: Batch): Promise<void> {
      await base.model.prepare?.();
      const { buckets, probabilities } = await locate.run({
        model: base.model.parameters(),
        planes: memory.planes,
        x,
      });
      flops = flops === null || locate.flops === null ? null : flops + locate.flops;
      for (let row = 0; row < size; row++)
        for (let k = 0; k < tables; k++) {
          const start = buckets[row * tables + k] * outputCount;
          memory.labels[start + y[row]]++;
          if (!memory.predictions) continue;
          for (const output of groupOf[y[row]])
            memory.predictions[start + output] += probabilities[row * outputCount + output];
        }
    }

    return {
      model: {
        ...base.model,
        specs: { ...base.model.specs, ...prefixed(specs) },
        logits(parameters, x, tap) {
          const { logits, features } = see(parameters, x, tap);
          const held = Object.fromEntries(Object.keys(specs).map((key) => [key, parameters[`${name}/${key}`]]));
          return options.lambda === 0 ? logits : correctedLog(logits, features, held, correction);
        },
        parameters: (task) => ({ ...base.model.parameters(task), ...prefixed(memory) }),
      },
      async beginTask(task) {
        if (options.reset === 'task') for (const key of Object.keys(memory)) if (key !== 'planes') memory[key].fill(0);
        await base.beginTask?.(task);
      },
      async observe(batch) {
        await write(batch);
        return base.observe(batch);
      },
      endTask: async (task) => base.endTask?.(task),
      state: () => ({ base: base.state(), memory, flops }) as State,
      restore(state) {
        base.restore(state.base as State);
        assign(memory, state.memory as Arrays);
        flops = state.flops as number | null;
      },
      cost() {
        const { flops: trained, extraBytes, ...rest } = base.cost();
        return {
          ...rest,
          flops: trained === null || flops === null ? null : trained + flops,
          extraBytes: extraBytes + bytesOf(memory),
        };
      },
      ...(base.sparsity && { sparsity: () => base.sparsity!() }),
    };
  },
});

function prefixed<T>(entries: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [`${name}/${key}`, value]));
}

/** A model's logits together with what its output layer reads. */
function featuresOf(model: Model, last: string) {
  return (parameters: Tensors, x: Tensor2D, tap?: Tap): { logits: Tensor2D; features: Tensor2D } => {
    let features: Tensor2D | undefined;
    const logits = model.logits(parameters, x, (layer, input, output) => {
      if (layer === last) features = input;
      return tap?.(layer, input, output) ?? output;
    });
    if (!features)
      throw new UserError(`method ${name}: base: the features that this method predicts from cannot be seen`);
    return { logits, features };
  };
}
