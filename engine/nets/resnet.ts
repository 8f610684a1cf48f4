import { tf, type Tensor4D } from '../tf.ts';
import type { Shape } from '../types.ts';
import { assemble, requireImages } from './assemble.ts';
import { initializers, type InitializerName } from './initialize.ts';
import { globalAveragePool } from './layers/globalAveragePool.ts';
import type { Network } from './network.ts';
import { convolutionPart } from './parts/convolution.ts';
import { headPart, type Head } from './parts/head.ts';
import type { Norm } from './parts/norm.ts';
import { operation, sequence, type Part } from './parts/part.ts';
import { residual } from './parts/residual.ts';

export interface ResnetOptions {
  /** Height, width, channels. */
  readonly inputShape: Shape;
  readonly outputs: number;
  /** Channels of the stem and the first stage; each later stage has twice as many. */
  readonly filters?: number;
  /** `batch` unless given. */
  readonly norm?: Exclude<Norm, 'none'>;
  readonly head?: Head;
  readonly initializer?: InitializerName;
}

interface Plan extends Required<ResnetOptions> {
  readonly name: string;
  /** Residual blocks of each stage; all stages but the first halve the map. */
  readonly blocks: readonly number[];
  readonly shortcut: (block: Block) => Part;
}

/** What a shortcut must turn its input into. */
export interface Block {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: number;
  readonly norm: Exclude<Norm, 'none'>;
  readonly initializer: (typeof initializers)[InitializerName];
}

/**
 * A residual network of basic blocks (arXiv:1512.03385): 3 × 3 stem `stem`, stages of blocks `stage1/block1` … of two 3 × 3 convolutions each, mean
 * over the map, output layer. Convolutions have no bias; each is followed by a norm.
 */
export function resnet(plan: Plan): Network {
  const { name, inputShape, outputs, filters, norm, head, initializer, blocks, shortcut } = plan;
  // Every stage but the first must find a map to halve.
  requireImages(name, inputShape, 2 ** (blocks.length - 1));
  const scheme = initializers[initializer];
  const stages = blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, i): Part => {
      const width = filters * 2 ** stage;
      const first = stage > 0 && i === 0;
      const block: Block = {
        name: `stage${stage + 1}/block${i + 1}`,
        inputs: first ? width / 2 : width,
        outputs: width,
        stride: first ? 2 : 1,
        norm,
        initializer: scheme,
      };
      return basicBlock(block, first ? shortcut(block) : operation((x) => x));
    }),
  );
  return assemble({ name, options: { filters, norm, head, initializer }, inputShape }, [
    convolutionPart({ name: 'stem', inputs: inputShape[2], outputs: filters, kernel: 3, norm, initializer: scheme }),
    operation(tf.relu),
    ...stages,
    operation<Tensor4D>(globalAveragePool),
    headPart(head, filters * 2 ** (blocks.length - 1), outputs, scheme),
  ]);
}

function basicBlock({ name, inputs, outputs, stride, norm, initializer }: Block, shortcut: Part): Part {
  const body = sequence([
    convolutionPart({ name: `${name}/conv1`, inputs, outputs, kernel: 3, stride, norm, initializer }),
    operation(tf.relu),
    convolutionPart({ name: `${name}/conv2`, inputs: outputs, outputs, kernel: 3, norm, initializer }),
  ]);
  return residual(body, shortcut);
}
