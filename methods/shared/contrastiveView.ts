import {
  augmentation,
  randomColor,
  randomFlip,
  randomResizedCrop,
  type Augmentation,
  type ImageFormat,
} from '../../benchmarks/index.ts';

/**
 * The random view of supervised contrastive learning (arXiv:2004.11362), which contrastive replay took over: resized crop; in images of three
 * channels, which are taken for photographs, then a mirror image half of the time, and changes of colour. Others are left as they stand:
 * a mirrored digit is no digit, and there is no colour to change.
 * @param leastCrop least share of the area that is kept, in (0, 1]
 */
export function contrastiveView(format: ImageFormat, leastCrop: number): Augmentation {
  const crop = randomResizedCrop(format, { scale: [leastCrop, 1] });
  const photographic = format.shape[2] === 3 ? [randomFlip(format), randomColor(format)] : [];
  return augmentation([crop, ...photographic], format);
}
