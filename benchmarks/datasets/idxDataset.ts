import { UserError } from '../../base/index.ts';
import type { RawSamples } from '../types.ts';
import { decodeIdx } from './idx.ts';
import { prepareSource, readSource, type SourceFile } from './source.ts';
import type { DatasetContext, DatasetEntry } from './types.ts';

type Described = Pick<
  DatasetEntry,
  'name' | 'title' | 'description' | 'licence' | 'citation' | 'homepage' | 'size' | 'normalization'
>;

export interface IdxDatasetSpec extends Described {
  readonly version: number;
  /** Height and width. */
  readonly image: readonly [number, number];
  readonly classNames: readonly string[];
  readonly mirrors: readonly string[];
  readonly files: Readonly<Record<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels', IdxFile>>;
}

type IdxFile = Omit<SourceFile, 'mirrors'>;

/** A data set of grey images, 0 to 255, in the four gzipped idx files that MNIST made customary. */
export function idxDataset(spec: IdxDatasetSpec): DatasetEntry {
  const { version, image, classNames, mirrors, files, ...described } = spec;
  const { name, normalization } = described;
  const shape = [...image, 1] as const;

  const read = (file: IdxFile, dimensions: number, context: DatasetContext) =>
    readSource(name, { ...file, mirrors }, context).then((bytes) => decodeIdx(bytes, file.name, dimensions));

  const readPart = async (images: IdxFile, labels: IdxFile, context: DatasetContext): Promise<RawSamples> => {
    const inputs = await read(images, 3, context);
    const classes = await read(labels, 1, context);
    const [count, height, width] = inputs.shape;
    if (height !== image[0] || width !== image[1]) {
      throw new UserError(`${images.name}: images of ${height} x ${width}, expected ${image.join(' x ')}`);
    }
    if (classes.shape[0] !== count) {
      throw new UserError(`${labels.name}: ${classes.shape[0]} labels for the ${count} images of ${images.name}`);
    }
    const stray = classes.data.findIndex((label) => label >= classNames.length);
    if (stray >= 0) {
      throw new UserError(
        `${labels.name}: label ${classes.data[stray]} of item ${stray} is not in 0..${classNames.length - 1}`,
      );
    }
    return { inputs: inputs.data, labels: classes.data };
  };

  return {
    ...described,
    shape,
    classCount: classNames.length,
    downloadBytes: Object.values(files).reduce((sum, file) => sum + file.bytes, 0),
    async prepare(context) {
      for (const file of Object.values(files)) await prepareSource(name, { ...file, mirrors }, context);
    },
    async load(context) {
      const train = await readPart(files.trainImages, files.trainLabels, context);
      const test = await readPart(files.testImages, files.testLabels, context);
      return { name, version, shape, classNames, maximum: 255, ...(normalization && { normalization }), train, test };
    },
  };
}
