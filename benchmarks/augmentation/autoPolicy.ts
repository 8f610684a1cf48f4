import { enhanceBrightness, enhanceColor, enhanceContrast, enhanceSharpness } from './enhance.ts';
import { rotate, shearY, translateX, translateY, type Canvas } from './geometry.ts';
import { autoContrast, equalize, invert, posterize, solarize } from './tones.ts';

/** A kind of change of an image of bytes. */
export interface Operation {
  /** Whether the amount is taken negative half of the time. */
  readonly signed: boolean;
  /** The amount at a level of 0 … 9 for an image; 0 for a change without one. */
  amount(level: number, canvas: Canvas): number;
  apply(canvas: Canvas, amount: number): void;
}

/** `level` of ten evenly spaced 32-bit floats from `first` to `last`, rounded as PyTorch's `linspace` does: from the nearer end. */
function spaced(level: number, first: number, last: number): number {
  const [start, end] = [Math.fround(first), Math.fround(last)];
  const step = Math.fround((end - start) / 9);
  return Math.fround(level < 5 ? start + step * level : end - step * (9 - level));
}

/** Changes by a factor of 0.1 … 1.9. */
const enhancing = (enhance: (canvas: Canvas, factor: number) => void): Operation => ({
  signed: true,
  amount: (level) => spaced(level, 0, 0.9),
  apply: (canvas, amount) => enhance(canvas, 1 + amount),
});
const moving = (side: 'width' | 'height', translate: Operation['apply']): Operation => ({
  signed: true,
  amount: (level, canvas) => spaced(level, 0, (150 / 331) * canvas[side]),
  apply: translate,
});
const plain = (change: (canvas: Canvas) => void): Operation => ({ signed: false, amount: () => 0, apply: change });

/** The operations that the policy is made of, with torchvision's amounts. */
export const operations = {
  shearY: { signed: true, amount: (level) => spaced(level, 0, 0.3), apply: shearY },
  translateX: moving('width', translateX),
  translateY: moving('height', translateY),
  rotate: { signed: true, amount: (level) => spaced(level, 0, 30), apply: rotate },
  brightness: enhancing(enhanceBrightness),
  color: enhancing(enhanceColor),
  contrast: enhancing(enhanceContrast),
  sharpness: enhancing(enhanceSharpness),
  // From 8 bits to 4.
  posterize: {
    signed: false,
    amount: (level) => 8 - Math.round((4 * level) / 9),
    apply: ({ pixels }, bits) => posterize(pixels, bits),
  },
  solarize: {
    signed: false,
    amount: (level) => spaced(level, 255, 0),
    apply: ({ pixels }, threshold) => solarize(pixels, threshold),
  },
  autoContrast: plain(({ pixels, channels }) => autoContrast(pixels, channels)),
  equalize: plain(({ pixels, channels }) => equalize(pixels, channels)),
  invert: plain(({ pixels }) => invert(pixels)),
} as const satisfies Readonly<Record<string, Operation>>;

/** One step of a sub-policy: the operation, the probability that it happens, and its level (0 where it has no amount). */
export interface PolicyStep {
  readonly operation: keyof typeof operations;
  readonly probability: number;
  readonly level: number;
}

const step = (operation: PolicyStep['operation'], probability: number, level = 0): PolicyStep => ({
  operation,
  probability,
  level,
});

/** The sub-policies that were found on CIFAR-10 (Cubuk et al., arXiv:1805.09501, appendix; with the corrections of torchvision). */
export const cifarPolicy: readonly (readonly [PolicyStep, PolicyStep])[] = [
  [step('invert', 0.1), step('contrast', 0.2, 6)],
  [step('rotate', 0.7, 2), step('translateX', 0.3, 9)],
  [step('sharpness', 0.8, 1), step('sharpness', 0.9, 3)],
  [step('shearY', 0.5, 8), step('translateY', 0.7, 9)],
  [step('autoContrast', 0.5), step('equalize', 0.9)],
  [step('shearY', 0.2, 7), step('posterize', 0.3, 7)],
  [step('color', 0.4, 3), step('brightness', 0.6, 7)],
  [step('sharpness', 0.3, 9), step('brightness', 0.7, 9)],
  [step('equalize', 0.6), step('equalize', 0.5)],
  [step('contrast', 0.6, 7), step('sharpness', 0.6, 5)],
  [step('color', 0.7, 7), step('translateX', 0.5, 8)],
  [step('equalize', 0.3), step('autoContrast', 0.4)],
  [step('translateY', 0.4, 3), step('sharpness', 0.2, 6)],
  [step('brightness', 0.9, 6), step('color', 0.2, 8)],
  [step('solarize', 0.5, 2), step('invert', 0)],
  [step('equalize', 0.2), step('autoContrast', 0.6)],
  [step('equalize', 0.2), step('equalize', 0.6)],
  [step('color', 0.9, 9), step('equalize', 0.6)],
  [step('autoContrast', 0.8), step('solarize', 0.2, 8)],
  [step('brightness', 0.1, 3), step('color', 0.7, 0)],
  [step('solarize', 0.4, 5), step('autoContrast', 0.9)],
  [step('translateY', 0.9, 9), step('translateY', 0.7, 9)],
  [step('autoContrast', 0.9), step('solarize', 0.8, 3)],
  [step('equalize', 0.8), step('invert', 0.1)],
  [step('translateY', 0.7, 9), step('autoContrast', 0.9)],
];
