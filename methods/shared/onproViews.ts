import { UserError, type Rng } from '../../base/index.ts';
import {
  augmentation,
  randomFlip,
  randomGrey,
  randomResizedCrop,
  type Augmentation,
  type ImageFormat,
} from '../../benchmarks/index.ts';
import type { Batch } from '../contract.ts';
import type { Store } from './buffers/store.ts';
import type { OnproStep } from './onproStep.ts';
import { putMixed, type MixedRow } from './pairMixup.ts';
import type { PairedViews } from './pairedViews.ts';
import { putBatch } from './rows.ts';

/**
 * The changed view of OnPro (arXiv:2308.00301): mirrors half of the images, makes a quarter grey and enlarges a part of each. Grey images, such as
 * digits, are only enlarged, and less.
 * @param crop least share of an image that is seen
 */
export function changedView(format: ImageFormat, crop: number | 'auto'): Augmentation {
  const colour = format.shape[2] === 3;
  const least = crop === 'auto' ? (colour ? 0.3 : 0.8) : crop;
  const enlarge = randomResizedCrop(format, { scale: [least, 1], padding: 'reflect' });
  return augmentation(colour ? [randomFlip(format), randomGrey(format, 0.25), enlarge] : [enlarge], format);
}

/** @throws {UserError} if images that cannot be turned within halves and quarters are to be */
export function rotates(rotations: 'auto' | 'on' | 'off', { shape: [height, width, channels] }: ImageFormat): boolean {
  const possible = height === width && width % 2 === 0;
  if (rotations === 'on' && !possible)
    throw new UserError(
      `method onpro: rotations: images of ${height} x ${width} pixels cannot be turned; choose off, or square images with an even number of rows`,
    );
  return rotations === 'on' || (rotations === 'auto' && channels === 3 && possible);
}

export interface OnproParts {
  readonly views: PairedViews;
  readonly augment: Augmentation;
  readonly store: Store;
  /** Width of the output layer. */
  readonly classes: number;
  /** Rows of a full stream batch. */
  readonly batch: number;
  /** Largest number of replayed rows. */
  readonly most: number;
  /** Numbers in a feature vector. */
  readonly features: number;
}

/** Fills a step's memory with what it sees of the stream and of the buffer. */
export interface OnproWriter {
  /** All views of the stream batch, with its labels as groups. */
  stream(step: OnproStep, batch: Batch): void;
  /** The changed view of the stream batch, for the cross-entropy. */
  labelledStream(step: OnproStep, batch: Batch): void;
  /** Replayed slots as they are, and their changed view. */
  seen(step: OnproStep, slots: Int32Array): void;
  /**
   * All views of mixed rows, and another changed view of them for the cross-entropy. A row mixed of two classes is a group of its own, with its
   * other view only.
   */
  replay(step: OnproStep, mixed: readonly MixedRow[]): void;
}

/** @param rng draws the changes, and which part of the features is compared */
export function createOnproWriter(
  { views, augment, store, classes, batch: capacity, most, features }: OnproParts,
  rng: Rng,
): OnproWriter {
  /** From one version of the images to the next: classes, then mixed rows. */
  const groups = classes + most;
  const size = store.x.length / store.capacity;

  function drawSlice(slice: Int32Array): void {
    const begin = rng.integer(features - slice.length + 1);
    for (let i = 0; i < slice.length; i++) slice[i] = begin + i;
  }

  return {
    stream({ images, slices }, { x, y, size: count }) {
      views.put(images, 0, capacity, x, [...y.subarray(0, count)], groups);
      drawSlice(slices.stream);
    },
    labelledStream({ labelled }, batch) {
      putBatch(labelled, batch, 0, 1 / batch.size);
      augment(labelled.x, batch.size, rng, labelled.x);
    },
    seen({ seen }, slots) {
      const half = seen.y.length / 2;
      seen.weight.fill(0);
      for (const start of [0, half]) store.copyTo(seen, start, slots, 1);
      const changed = seen.x.subarray(half * size);
      augment(changed, slots.length, rng, changed);
    },
    replay({ images, replayStart, labelled, partners, slices }, mixed) {
      putMixed(labelled, partners, mixed, store);
      const group = mixed.map(({ share }, i) =>
        share === 0 || labelled.y[i] === partners.y[i] ? labelled.y[i] : classes + i,
      );
      views.put(images, replayStart, most, labelled.x, group, groups);
      drawSlice(slices.replay);
      augment(labelled.x, mixed.length, rng, labelled.x);
    },
  };
}
