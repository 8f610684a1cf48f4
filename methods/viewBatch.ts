import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { createAugmentation } from '../benchmarks/index.ts';
import { defineMethod, type Method } from './contract.ts';
import { findMethod } from './lookup.ts';
import { nonNegative, positiveInteger } from './shared/options.ts';

const name = 'view-batch';

/**
 * View-Batch Model: another method, trained on batches of fewer samples in several views each, so that a sample comes again later; the first view is
 * augmented as the run says, the others strongly on top of that, and their predictions are drawn to the first one's: the method's loss +
 * weight · mean KL(p_first ‖ p_later). Docs: docs/methods/view-batch.md
 */
export const viewBatch = defineMethod({
  name,
  title: 'View-Batch Model',
  family: 'replay',
  paper: 'arXiv:2503.18371',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    base: z.string().default('er').meta({
      description: 'the method that is trained so',
      unit: 'name of a method',
      source: 'arXiv:2503.18371, one of its bases',
    }),
    baseOptions: z.record(z.string(), z.unknown()).default({}).meta({
      description: 'options of that method',
      unit: 'mapping',
      source: 'as that method says',
    }),
    views: positiveInteger(4, {
      description: 'views of each sample in a batch (V)',
      unit: 'rows',
      source: 'arXiv:2503.18371, its code',
    }),
    weight: nonNegative(1, {
      description: 'weight of the divergence of later views from the first',
      unit: '1',
      source: 'arXiv:2503.18371',
    }),
  }),
  complete: (options) => ({ ...options, baseOptions: baseOf(options).parseOptions(options.baseOptions) }),
  views: ({ views }) => views,
  check(options, stream) {
    if (!stream.images)
      throw new UserError(
        `method ${name}: its views are augmented images, and the inputs of this stream are rows of a table; choose a stream of images, or ${options.base} by itself`,
      );
    const base = baseOf(options);
    if (base.takesViews === false && options.views > 1)
      throw new UserError(
        `method ${name}: base: ${base.name} does not learn from several views of a sample in a batch; choose another base, such as er`,
      );
    base.check(base.parseOptions(options.baseOptions), stream);
  },
  async create(setup) {
    const { options, stream, training } = setup;
    const { views, weight } = options;
    const base = baseOf(options);
    let consistency = 0;
    const learner = await base.create({
      ...setup,
      options: base.parseOptions(options.baseOptions),
      training:
        views === 1
          ? training
          : {
              ...training,
              views: {
                count: views,
                later: createAugmentation(['auto'], stream.image!),
                weight,
                onConsistency: (mean) => (consistency = mean),
              },
            },
    });
    return {
      ...learner,
      async observe(batch) {
        consistency = 0;
        const stats = await learner.observe({ ...batch, views });
        return { ...stats, consistency };
      },
    };
  },
});

/** @throws {UserError} if there is no such method, or it is this one */
function baseOf({ base }: { readonly base: string }): Method {
  if (base === name)
    throw new UserError(`method ${name}: base: ${name} cannot be trained by itself; name another method, such as er`);
  return findMethod(base);
}
