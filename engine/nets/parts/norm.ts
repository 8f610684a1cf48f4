import type { Tensor1D, Tensor4D } from '../../tf.ts';
import { float32, type Tensors } from '../../types.ts';
import { constant } from '../initialize.ts';
import { affine, type Affine } from '../layers/affine.ts';
import { batchNorm, normalize, type Moments } from '../layers/batchNorm.ts';
import { groupCount, normalizeGroups } from '../layers/groupNorm.ts';
import type { Part, Run } from './part.ts';

export const norms = ['batch', 'group', 'none'] as const;
export type Norm = (typeof norms)[number];

/** `<name>/gamma`, which starts at 1, and `<name>/beta`, which starts at 0; batch norm also has the statistics `<name>/mean` and `<name>/variance`. */
export function normPart(name: string, kind: Exclude<Norm, 'none'>, channels: number): Part {
  const spec = float32(channels);
  const parameters = {
    [`${name}/gamma`]: { spec, draw: constant(1) },
    [`${name}/beta`]: { spec, draw: constant(0) },
  };
  if (kind === 'group') {
    const groups = groupCount(channels);
    return {
      parameters,
      apply: (x, run) => tapped(name, normalizeGroups(x as Tensor4D, groups), run),
    };
  }
  return {
    parameters,
    statistics: {
      [`${name}/mean`]: { spec, start: 0 },
      [`${name}/variance`]: { spec, start: 1 },
    },
    apply(x, run) {
      const running = momentsOf(name, run.pass.statistics);
      if (run.pass.mode !== 'train' && run.pass.mapTap) return tapped(name, normalize(x as Tensor4D, running), run);
      const { output, moved } = batchNorm(x as Tensor4D, affineOf(name, run.parameters), running, run.pass);
      if (moved) {
        run.move(`${name}/mean`, moved.mean);
        run.move(`${name}/variance`, moved.variance);
      }
      return output;
    },
  };
}

export function affineOf(name: string, parameters: Tensors): Affine {
  return { gamma: parameters[`${name}/gamma`] as Tensor1D, beta: parameters[`${name}/beta`] as Tensor1D };
}

export function momentsOf(name: string, statistics: Tensors): Moments {
  const mean = statistics[`${name}/mean`] as Tensor1D | undefined;
  const variance = statistics[`${name}/variance`] as Tensor1D | undefined;
  if (!mean || !variance) throw new Error(`${name}: batch norm needs running statistics; hand them over in the pass`);
  return { mean, variance };
}

function tapped(name: string, normalized: Tensor4D, { parameters, pass }: Run): Tensor4D {
  const output = affine(normalized, affineOf(name, parameters));
  return pass.mapTap ? pass.mapTap(name, normalized, output) : output;
}
