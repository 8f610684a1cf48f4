import type { RawSamples } from '../types.ts';
import { allocateImages, cifarShape, decodeCifar, firstOfEachClass, type CifarFile } from './cifar.ts';
import { findCifar, type CifarSourceSpec } from './cifarSource.ts';
import type { DatasetEntry } from './types.ts';

type Described = Pick<DatasetEntry, 'name' | 'title' | 'description' | 'licence' | 'citation' | 'homepage' | 'size'>;

export interface CifarDatasetSpec extends Described, Required<Pick<DatasetEntry, 'normalization'>> {
  readonly version: number;
  readonly source: CifarSourceSpec;
  readonly classNames: readonly string[];
  /** How many labels each label byte of a record can have; the last is the class. */
  readonly labelCounts: readonly number[];
  /** Keep only the first training images of each class, this many. */
  readonly perClass?: number;
}

/** Where the images of a file go. */
interface Place {
  readonly file: CifarFile;
  readonly into: RawSamples;
  readonly first: number;
}

/** A data set of colour images of 32 x 32 in the binary format of CIFAR. */
export function cifarDataset(spec: CifarDatasetSpec): DatasetEntry {
  const { version, source, classNames, labelCounts, perClass, ...described } = spec;
  const { name, normalization } = described;
  const shape = cifarShape;
  return {
    ...described,
    shape,
    classCount: classNames.length,
    downloadBytes: source.archive.bytes,
    async prepare(context) {
      const { verified, read } = await findCifar(name, source, labelCounts.length, context);
      if (!verified) await read(() => {});
    },
    async load(context) {
      const { files, read } = await findCifar(name, source, labelCounts.length, context);
      const train = makeRoom(files.train);
      const test = makeRoom(files.test);
      const places = new Map([...train.places, ...test.places].map((place) => [place.file.name, place]));
      await read((fileName, content) => {
        const { file, into, first } = places.get(fileName)!;
        decodeCifar(content, file, labelCounts, into, first);
      });
      return {
        name,
        version,
        shape,
        classNames,
        maximum: 255,
        normalization,
        train: perClass === undefined ? train.images : firstOfEachClass(train.images, perClass, classNames.length),
        test: test.images,
      };
    },
  };
}

/** Room for the images of some files, one after the other. */
function makeRoom(files: readonly CifarFile[]): { images: RawSamples; places: Place[] } {
  const images = allocateImages(files.reduce((sum, { records }) => sum + records, 0));
  let first = 0;
  const places = files.map((file): Place => {
    const place = { file, into: images, first };
    first += file.records;
    return place;
  });
  return { images, places };
}
