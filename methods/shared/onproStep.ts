import {
  float32,
  int32,
  tf,
  type ArraysOf,
  type Scalar,
  type Signature,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import { crossEntropy } from './classifier.ts';
import { instanceLoss, instanceSimilarities } from './instanceLoss.ts';
import { allocatePartners, type Partners } from './pairMixup.ts';
import type { PairedViews } from './pairedViews.ts';
import type { Projection } from './projection.ts';
import { prototypeLoss } from './prototypes.ts';
import { allocateRows, asRows, rowSpecs, type Rows } from './rows.ts';
import type { Trainer } from './trainer.ts';

export interface OnproObjective {
  readonly trainer: Trainer;
  readonly projection: Projection;
  readonly views: PairedViews;
  readonly inputSize: number;
  /** Width of the output layer. */
  readonly classes: number;
  /** Rows of a full stream batch. */
  readonly batch: number;
  readonly prototypeTemperature: number;
  readonly instanceTemperature: number;
}

/** Rows there is room for. */
export interface OnproShape {
  /** Replayed images of which L_INS contrasts all views; 0 leaves its second part out. */
  readonly replay: number;
  /** Rows of the cross-entropy. */
  readonly labelled: number;
  /** Replayed rows of which prototypes are made; 0 leaves their part out. */
  readonly seen: number;
  /** λ_sim */
  readonly similarity: number;
}

/** Memory of a step, filled by hand. */
export interface OnproStep {
  /** All views of the stream batch, then those of the replayed images, as {@link PairedViews} puts them; labels are groups of L_INS. */
  readonly images: Rows;
  /** First of the replayed images' rows among them. */
  readonly replayStart: number;
  readonly labelled: Rows;
  /** What `labelled` is mixed with. */
  readonly partners: Partners;
  /** The draw as it is, then, from `shape.seen` rows on, its changed view. */
  readonly seen: Rows;
  /** Which numbers of a feature are compared with projections: of the stream, and of replay. */
  readonly slices: { readonly stream: Int32Array; readonly replay: Int32Array };
  /** Makes the update. `means`: `[classes, width]`, the class means of `seen`. */
  run(): Promise<{ loss: number; crossEntropy: number; instance: number; prototypes: number; means: Float32Array }>;
}

/**
 * L = CE + L_INS + L_OPE(stream) + L_OPE(seen) of OnPro (arXiv:2308.00301), in three passes of the network: over all views of stream and replayed
 * images, over the rows of the cross-entropy, and over the replayed draw with its changed view.
 */
export async function compileOnproStep(
  name: string,
  { trainer, projection, views, inputSize, classes, batch, ...temperatures }: OnproObjective,
  { replay, labelled, seen, similarity }: OnproShape,
): Promise<OnproStep> {
  const { classifier } = trainer;
  const replayStart = views.rows(batch);
  const count = replayStart + views.rows(replay);
  const partnerSpecs = { y: int32(labelled), task: int32(labelled), share: float32(labelled) };
  const signature: Signature = {
    images: rowSpecs(count, inputSize),
    labelled: rowSpecs(labelled, inputSize),
    partners: partnerSpecs,
    streamSlice: int32(projection.width),
    ...(replay > 0 ? { replaySlice: int32(projection.width) } : {}),
    ...(seen > 0 ? { seen: rowSpecs(2 * seen, inputSize) } : {}),
  };

  /** Rows of a matrix, or entries of a vector. */
  const part = <T extends Tensor1D | Tensor2D>(tensor: T, from: number, length: number): T =>
    (tensor.rank === 1
      ? tf.slice(tensor as Tensor1D, from, length)
      : tf.slice(tensor as Tensor2D, [from, 0], [length, tensor.shape[1]!])) as T;

  const mixedCrossEntropy = (parameters: Tensors, inputs: Record<string, unknown>): Scalar => {
    const rows = asRows(inputs.labelled as Tensors);
    const { y, task, share } = inputs.partners as Record<keyof Partners, Tensor1D>;
    const logits = classifier.logits(parameters, rows);
    return tf.add(
      crossEntropy(classifier.compete(logits, rows.task), rows.y, tf.mul(rows.weight, tf.sub(1, share))),
      crossEntropy(classifier.compete(logits, task), y, tf.mul(rows.weight, share)),
    );
  };

  const step = await trainer.compileLoss(name, signature, (parameters, inputs) => {
    const images = asRows(inputs.images as Tensors);
    const { features } = classifier.see(parameters, images);
    const z = projection.project(parameters, features);
    const contrast = (from: number, length: number, slice: unknown, kind: 'stream' | 'replay'): Scalar =>
      instanceLoss(
        instanceSimilarities(part(z, from, length), part(features, from, length), slice as Tensor1D, similarity),
        { group: part(images.y, from, length), weight: part(images.weight, from, length) },
        temperatures.instanceTemperature,
        kind,
      );
    const instance = contrast(0, replayStart, inputs.streamSlice, 'stream');
    const terms = [
      instance,
      ...(replay > 0 ? [contrast(replayStart, count - replayStart, inputs.replaySlice, 'replay')] : []),
    ];
    // The images as they are come first, the changed views of these half way on; groups of L_INS are classes there.
    const plain = { y: part(images.y, 0, batch), weight: part(images.weight, 0, batch) };
    const prototypesOf = (one: Tensor2D, other: Tensor2D, rows: typeof plain) =>
      prototypeLoss(one, other, rows, classes, temperatures.prototypeTemperature);
    const prototypes = [prototypesOf(part(z, 0, batch), part(z, replayStart / 2, batch), plain)];
    const ce = mixedCrossEntropy(parameters, inputs);
    if (seen > 0) {
      const rows = asRows(inputs.seen as Tensors);
      const both = projection.project(parameters, classifier.see(parameters, rows).features);
      const first = { y: part(rows.y, 0, seen), weight: part(rows.weight, 0, seen) };
      prototypes.push(prototypesOf(part(both, 0, seen), part(both, seen, seen), first));
    }
    const sums = { instance: sumOf(terms), prototypes: sumOf(prototypes.map(({ loss }) => loss)) };
    const { means } = prototypes.at(-1)!;
    // What is of replayed rows: from the second task on the cross-entropy, too.
    const kept = [...terms.slice(1), ...prototypes.slice(1).map(({ loss }) => loss), ...(replay > 0 ? [ce] : [])];
    return {
      loss: sumOf([ce, ...Object.values(sums)]),
      stability: kept.length > 0 ? () => sumOf(kept) : undefined,
      aux: { ...sums, crossEntropy: ce, means },
    };
  });

  const images = allocateRows(count, inputSize);
  const rows = allocateRows(labelled, inputSize);
  const partners = allocatePartners(labelled);
  const draw = allocateRows(2 * seen, inputSize);
  const slices = { stream: new Int32Array(projection.width), replay: new Int32Array(projection.width) };
  const arrays = {
    images,
    labelled: rows,
    partners,
    streamSlice: slices.stream,
    ...(replay > 0 ? { replaySlice: slices.replay } : {}),
    ...(seen > 0 ? { seen: draw } : {}),
  };
  return {
    images,
    replayStart,
    labelled: rows,
    partners,
    seen: draw,
    slices,
    async run() {
      const { loss, aux } = await step(arrays as unknown as ArraysOf<Signature>);
      return {
        loss,
        crossEntropy: aux.crossEntropy[0],
        instance: aux.instance[0],
        prototypes: aux.prototypes[0],
        means: aux.means as Float32Array,
      };
    },
  };
}

const sumOf = (scalars: readonly Scalar[]): Scalar => tf.addN([...scalars]);
