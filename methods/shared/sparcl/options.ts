import * as z from 'zod';
import { distributions } from '../masks/density.ts';
import { choice, flag, fraction, nonNegative, positiveInteger } from '../options.ts';

export const sparclBases = ['er', 'der++'] as const;

const paper = 'arXiv:2209.09476';
const recalled = `${paper}, recalled`;

export const sparclOptions = z.strictObject({
  base: choice(sparclBases, 'er', { description: 'the replay that is made sparse', source: paper }),
  baseOptions: z.record(z.string(), z.unknown()).default({}).meta({
    description: 'options of that method',
    unit: 'mapping',
    source: 'as that method says',
  }),
  sparsity: fraction(0.75, {
    description: 'share of the weights of the layers that have a mask that are zero',
    unit: '1',
    source: `${paper}; 0.9 and 0.95 there, too`,
  }),
  distribution: choice([...distributions, 'uniform-inner'], 'uniform', {
    description:
      'how the density is spread over layers; uniform-inner: the first and the last layer and convolutions of 1 × 1 have no mask, the others are equally dense',
    source: `ours; uniform-inner in neu-spiral/SparCL`,
  }),
  tdm: flag(true, { description: 'task-aware dynamic masking: whether masks change', source: paper }),
  ddr: flag(true, { description: 'dynamic data removal: whether samples are taken out of the task', source: paper }),
  dgm: flag(true, { description: 'dynamic gradient masking: whether small gradients are left out', source: paper }),
  singleHead: flag(false, {
    description: 'whether new rows compete among the outputs of their task only in the training loss, too',
    source: 'neu-spiral/SparCL, where it is true',
  }),
  alpha: nonNegative(0.5, {
    description: 'weight of the gradient on the current task’s rows in the importance of a weight or gradient (α)',
    unit: '1',
    source: recalled,
  }),
  beta: nonNegative(1, {
    description: 'weight of the gradient on the buffer’s rows in it (β)',
    unit: '1',
    source: recalled,
  }),
  importanceRows: positiveInteger(256, {
    description: 'most rows of the task, and of the buffer, that the importance of weights is measured on',
    unit: 'samples',
    source: 'ours',
  }),
  interval: positiveInteger(5, {
    description: 'passes over the task between mask updates, and between removals of samples (δ)',
    unit: 'passes',
    source: `${paper}, its code`,
  }),
  interShare: fraction(0.01, {
    description: 'share of a layer’s weights that grow at a task’s start, until the first mask update',
    unit: '1',
    source: `${recalled}; its code`,
  }),
  intraShare: fraction(0.005, {
    description: 'share of a layer’s weights that is replaced at each mask update',
    unit: '1',
    source: `${recalled}; 0.01 in its code`,
  }),
  removal: fraction(0.3, {
    description: 'share of a task’s samples that are removed in the end (ρ)',
    unit: '1',
    source: `${paper}, its code`,
  }),
  cutoff: positiveInteger(4, {
    description: 'intervals over which they are removed, as many at the end of each',
    unit: 'intervals',
    source: `${paper}, its code`,
  }),
  gradientSparsity: z
    .number()
    .min(0)
    .lt(1)
    .nullable()
    .default(null)
    .meta({
      description:
        'share of all gradient entries that are left out, at least the sparsity (g); null: sparsity + (1 − sparsity)/5',
      unit: '1',
      source: `${paper}, its code: 0.80 at a sparsity of 0.75`,
    }),
  gradientInterval: positiveInteger(30, {
    description: 'updates between choices of which gradients are used',
    unit: 'updates',
    source: 'neu-spiral/SparCL',
  }),
});

export type SparclOptions = z.output<typeof sparclOptions>;
