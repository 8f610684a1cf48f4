import * as z from 'zod';
import { nonNegative, positive, positiveInteger, unitInterval } from './options.ts';

const tuned = 'aimagelab/mammoth, Split-CIFAR-100, 500 samples';
const released = 'aimagelab/mammoth';

/** Options of X-DER (arXiv:2201.00766) beside those of every replay method. */
export const xderOptions = {
  alpha: nonNegative(0.3, { description: 'weight of the squared distance to stored logits', unit: '1', source: tuned }),
  beta: nonNegative(0.8, {
    description: 'weight of the cross-entropy on replayed labels, among past outputs',
    unit: '1',
    source: tuned,
  }),
  gamma: unitInterval(0.85, {
    description: 'share of the label’s logit to which logits of later outputs are cut down when they are stored',
    unit: '1',
    source: released,
  }),
  lambda: nonNegative(0.05, {
    description: 'weight of the contrastive loss on outputs to come',
    unit: '1',
    source: tuned,
  }),
  eta: nonNegative(0.1, {
    description: 'weight of the two margins, of outputs to come and of past ones',
    unit: '1',
    source: released,
  }),
  margin: nonNegative(0.3, {
    description: 'how far the outputs of a row’s own task must lie above others',
    unit: 'logits; probability for past outputs',
    source: released,
  }),
  temperature: positive(5, { description: 'temperature of the contrastive loss', unit: '1', source: released }),
  contrastBatch: positiveInteger(64, {
    description: 'rows of the stream and rows of the buffer that the contrastive loss takes at most',
    unit: 'samples',
    source: released,
  }),
  augmentations: z.int().min(2).default(2).meta({
    description: 'random views of each of them',
    unit: 'views',
    source: released,
  }),
  leastCrop: z.number().positive().max(1).default(0.2).meta({
    description: 'least share of the area that a view’s crop keeps',
    unit: '1',
    source: released,
  }),
};
