import { datasets } from '../../benchmarks/index.ts';
import { megabytes } from '../progress/texts.ts';
import type { Item } from './types.ts';

export function datasetItems(): { items: Item[]; columns: string[] } {
  const items = datasets.entries.map((entry) => ({
    name: entry.name,
    title: entry.title,
    train: entry.size.train,
    test: entry.size.test,
    classes: entry.classCount,
    shape: entry.shape.join(' x '),
    download: entry.downloadBytes === 0 ? 'ships' : megabytes(entry.downloadBytes),
    description: entry.description,
    licence: entry.licence,
    citation: entry.citation,
    homepage: entry.homepage,
  }));
  return { items, columns: ['name', 'train', 'test', 'classes', 'shape', 'download', 'description'] };
}
