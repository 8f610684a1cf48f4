import { cifarDataset } from './cifarDataset.ts';
import type { CifarArchive, KnownFile } from './cifarSource.ts';

const batch = (name: string, sha256: string): KnownFile => ({ name, records: 10_000, sha256 });

/** The first 20,000 training images. */
const firstBatches = [
  batch('data_batch_1.bin', 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5'),
  batch('data_batch_2.bin', 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed'),
];
const otherBatches = [
  batch('data_batch_3.bin', 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67'),
  batch('data_batch_4.bin', '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48'),
  batch('data_batch_5.bin', '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add'),
];
const test = [batch('test_batch.bin', '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b')];

// Checksums: of the archive as in TensorFlow Datasets, of the files in it as in torchvision for Ruby.
const archive: CifarArchive = {
  name: 'cifar-10-binary.tar.gz',
  bytes: 170052171,
  sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  mirrors: ['https://www.cs.toronto.edu/~kriz/'],
  folder: 'cifar-10-batches-bin',
  files: { train: [...firstBatches, ...otherBatches], test },
};

const shared = {
  version: 1,
  licence: 'none stated; the authors ask to be cited',
  citation: 'A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009',
  homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  labelCounts: [10],
  // Of all 50,000 training images. Widely published as 125.306918, 122.950394, 113.865383 and 62.993219, 62.088708, 66.704900 of 255.
  normalization: { mean: [0.49139968, 0.48215841, 0.44653091], std: [0.24703223, 0.24348513, 0.26158784] },
};

/** CIFAR-10. */
export const cifar10 = cifarDataset({
  ...shared,
  name: 'cifar10',
  title: 'CIFAR-10',
  description: 'photographs of ten kinds of animals and vehicles, 32 x 32 colour',
  size: { train: 50000, test: 10000 },
  source: { archive },
});

/** CIFAR-10 with a fifth of its training images, for quick runs: the first thousand of each class in the authors' order. */
export const cifar10Small = cifarDataset({
  ...shared,
  name: 'cifar10-small',
  title: 'CIFAR-10, small',
  description: 'CIFAR-10 with the first 1,000 training images of each class and all test images',
  size: { train: 10000, test: 10000 },
  source: {
    // All of those images lie among the first 10,711.
    archive: { ...archive, files: { train: firstBatches, test } },
    partOf: 'cifar10',
    shortcut: {
      train: [batch('cifar10-train-subset.bin', 'f66cbe5c51b5151ff1a1eddefa9c29ac36c8d7b8f37097013ac89599a2fdc8be')],
      test,
    },
  },
  perClass: 1000,
});
