import {
  allocate,
  differences,
  float32,
  lossGradients,
  mapTensors,
  tf,
  type Arrays,
  type Scalar,
  type Specs,
  type Tensor2D,
  type Tensors,
} from '../../../engine/index.ts';
import type { Setup } from '../../contract.ts';
import { crossEntropy } from '../classifier.ts';
import { asRows, rowSpecs, type RowTensors } from '../rows.ts';
import { scheduledRate, type Trainer } from '../trainer.ts';
import { createWatch, type Watch } from '../watch.ts';
import type { Basis } from './basis.ts';
import { watchedLayers, type Bases, type Guard } from './guard.ts';
import { addedOutputs, addedWeight, carriedOf, keyOf, regionSpecs, type Region } from './regions.ts';
import type { GuardedStep } from './step.ts';
import { layerOf } from './taskGradients.ts';

/** What a step with scaled weights is made for. */
export interface ScaledTask {
  /** Spaces that the gradients are projected off. */
  readonly bases: Bases;
  readonly regions: readonly Region[];
  basis(layer: string, task: number): Basis;
  /** State of the optimiser of the scales, by its names; zero at the start of a task. */
  readonly optimizer: Arrays;
  /** What else a method gives its step, and computes in it. */
  readonly more?: MoreOfStep;
}

export interface MoreOfStep {
  readonly specs: Specs;
  readonly arrays: Arrays;
  /** Added to the loss. */
  penalty(parameters: Tensors, given: Tensors): Scalar;
  /** Handed back, from the gradients before they are projected, those of the loss without the penalty. */
  measure(gradients: Tensors, given: Tensors): Tensors;
}

const prefix = 'scale/';
const stateName = 'scale optimizer/';

/** The specs of the scales of some regions, which an optimiser is to train. */
export function scaleSpecs(regions: readonly Region[], basis: ScaledTask['basis']): Specs {
  return Object.fromEntries(
    regions.map((region) => {
      const { rank } = basis(region.layer, region.task);
      return [prefix + keyOf(region), float32(rank, rank)];
    }),
  );
}

/**
 * Compiles the step of a task that scales weights in old spaces: the network runs with W̃, the gradient of W is projected off `bases`, and the
 * scales Q are trained beside it with the same rule and rate. In a linear layer whose weight does not move in its regions they add to its outputs,
 * in others to the weight.
 */
export async function compileScaledStep(
  title: string,
  { network, stream, training }: Setup,
  trainer: Trainer,
  guard: Guard,
  { bases, regions, basis, optimizer: state, more }: ScaledTask,
): Promise<GuardedStep> {
  const { classifier } = trainer;
  const { optimizer } = training;
  const bound = guard.bind(bases);
  const scales = scaleSpecs(regions, basis);
  const moving = new Set(regions.filter(({ carried }) => carried === null).map(({ layer }) => layer));
  const cheap = watchedLayers(guard.layers, training.batch);
  const watched = (layer: string) => cheap(layer) && !moving.has(layer);
  const spaces: Readonly<Record<string, Specs>> = Object.fromEntries(
    regions.map((region) => [
      keyOf(region),
      regionSpecs(layerOf(network, region.layer), basis(region.layer, region.task), region),
    ]),
  );
  const inputs = {
    rows: rowSpecs(training.batch, stream.inputSize),
    guard: bound.specs,
    spaces,
    scales,
    scaleState: optimizer.init(scales),
    scaleRate: float32(),
    more: more?.specs ?? {},
  };

  const byOutputs = ({ layer }: Region) => layerOf(network, layer).kind === 'linear' && !moving.has(layer);
  const partsOf = (region: Region, p: Tensors, given: Readonly<Record<string, Tensors>>) => {
    const layer = layerOf(network, region.layer);
    const weight = p[`${region.layer}/weight`];
    const space = given[keyOf(region)];
    const directions = space.basis as Tensor2D;
    const carried = (space.carried as Tensor2D | undefined) ?? carriedOf(layer, weight, directions);
    return { layer, weight, directions, carried, scale: p[prefix + keyOf(region)] as Tensor2D };
  };

  /** The loss of the network as the regions scale it. */
  const lossOf = (
    p: Tensors,
    given: Readonly<Record<string, Tensors>>,
    rows: RowTensors,
    tap: Watch['tap'],
  ): Scalar => {
    const scaled: Tensors = { ...p };
    for (const region of regions.filter((each) => !byOutputs(each))) {
      const { layer, weight, directions, scale, carried } = partsOf(region, p, given);
      const key = `${region.layer}/weight`;
      scaled[key] = tf.add(scaled[key], addedWeight(layer, weight.shape, directions, scale, carried));
    }
    const see = (name: string, input: Tensor2D, output: Tensor2D): Tensor2D => {
      const added = regions
        .filter((region) => region.layer === name && byOutputs(region))
        .map((region) => {
          const { directions, scale, carried } = partsOf(region, p, given);
          return addedOutputs(input, directions, scale, carried);
        });
      return added.reduce((sum, part) => tf.add(sum, part), tap(name, input, output));
    };
    const logits = classifier.logits(scaled, rows, { ...classifier.pass(rows)!, mode: 'frozen', tap: see });
    return crossEntropy(classifier.compete(logits, rows.task), rows.y, rows.weight);
  };

  const step = await trainer.compile(
    title,
    inputs,
    (parameters, given) => {
      const rows = asRows(given.rows);
      const watch = createWatch(watched);
      const found = trainer.lossGradients((p) => ({ loss: lossOf(p, given.spaces, rows, watch.tap) }), {
        ...parameters,
        ...given.scales,
      });
      const penalized =
        more && lossGradients((p) => ({ loss: more.penalty(p, given.more) }), weightsOf(parameters, moving));
      const raw = mapTensors(parameters, (_, key) => {
        const pull = penalized?.gradients[key];
        return pull ? tf.add(found.gradients[key], pull) : found.gradients[key];
      });
      const gradients = bound.confine(raw, given.guard, (layer) => (watched(layer) ? watch.seen(layer) : undefined));
      watch.dispose();
      const ofScales = mapTensors(given.scales, (_, key) => found.gradients[key]);
      const updated = optimizer.update(given.scales, ofScales, given.scaleState, given.scaleRate as Scalar);
      return {
        loss: penalized ? tf.add(found.loss, penalized.loss) : found.loss,
        gradients,
        stability: differences(gradients, found.gradients),
        aux: {
          ...updated.parameters,
          ...renamed(updated.state, (key) => stateName + key),
          ...(penalized && { penalty: penalized.loss, ...more!.measure(found.gradients, given.more) }),
        },
      };
    },
    optimizer.keepsSpan ? {} : { confine: (change, given) => bound.confine(change, given.guard) },
  );

  const fixed = Object.fromEntries(
    regions.map((region) => [
      keyOf(region),
      {
        basis: basis(region.layer, region.task).directions,
        ...(region.carried && { carried: region.carried }),
      } as Arrays,
    ]),
  );
  const results = allocate({ ...scales, ...renamed(optimizer.init(scales), (key) => stateName + key) });
  return async (rows, task) => {
    const { loss, aux } = await step(
      {
        rows,
        guard: bound.arrays(task),
        spaces: fixed,
        scales: Object.fromEntries(regions.map((region) => [prefix + keyOf(region), region.scale])),
        scaleState: state,
        scaleRate: Float32Array.of(scheduledRate(training)),
        more: more?.arrays ?? {},
      },
      undefined,
      results,
    );
    for (const region of regions) region.scale.set(aux[prefix + keyOf(region)]);
    for (const [key, values] of Object.entries(state)) values.set(aux[stateName + key]);
    return { loss, aux };
  };
}

function weightsOf(parameters: Tensors, layers: ReadonlySet<string>): Tensors {
  return Object.fromEntries([...layers].map((layer) => [`${layer}/weight`, parameters[`${layer}/weight`]]));
}

function renamed<T>(group: Readonly<Record<string, T>>, to: (name: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(group).map(([name, each]) => [to(name), each]));
}
