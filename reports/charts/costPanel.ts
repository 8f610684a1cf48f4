import { meanAndStd } from '../../metrics/index.ts';
import type { Summary } from '../../metrics/index.ts';
import type { GroupReport } from '../data.ts';
import { flopUnit, layerSum, type FlopUnit, type LayerFlops } from '../flops.ts';
import type { Series } from '../../analysis/index.ts';
import { cellOf } from '../metricTable.ts';

/** One method: what its training took, and how well it did, mean and sample standard deviation over seeds. */
export interface CostMark {
  readonly label: string;
  readonly accuracy: Pick<Summary, 'mean' | 'std'>;
  /** Operations of layers as a sparse implementation would compute them. */
  readonly flops: Pick<Summary, 'mean' | 'std'>;
  /** Mean operations as they were executed; null where they are the same. */
  readonly dense: number | null;
  /** Whether no other method is as accurate for less, or more so for as little. */
  readonly front: boolean;
}

export interface CostPanel {
  readonly subtitle: string;
  readonly marks: readonly CostMark[];
  readonly unit: FlopUnit;
  /** Limits of the axes: exponents of ten of FLOPs, and accuracies. */
  readonly window: { readonly left: number; readonly right: number; readonly bottom: number; readonly top: number };
}

/** Share of both axes' extents that is left free around the marks. */
const margin = 0.1;

/** Least extents of the axes: a third of a decade, and a tenth. */
const least = { decades: 1 / 3, accuracy: 0.1 };

/** The final mean accuracy of each method over what its training took; null where fewer than two methods know that. */
export function costPanel({ series, table }: GroupReport): CostPanel | null {
  const known = series.flatMap((one, row) => {
    const accuracy = cellOf(table, row, 'acc');
    const [sparse, dense] = [spent(one, 'sparse'), spent(one, 'layers')];
    if (accuracy?.mean == null || sparse?.mean == null || dense?.mean == null) return [];
    const { mean, std } = accuracy;
    return [
      {
        label: one.label,
        accuracy: { mean, std },
        flops: sparse,
        dense: dense.mean === sparse.mean ? null : dense.mean,
      },
    ];
  });
  if (known.length < 2) return null;
  const marks = known.map((mark) => ({ ...mark, front: !known.some((other) => dominates(other, mark)) }));
  const seeds = Math.max(...series.map(({ runs }) => runs.length));
  return {
    subtitle: seeds === 1 ? 'one seed' : `${seeds} seeds: mean ± sample standard deviation`,
    marks,
    unit: flopUnit(marks.flatMap(({ flops, dense }) => [flops.mean!, dense ?? 0])),
    window: windowOf(marks),
  };
}

/** Null where not all runs know it. */
function spent({ runs }: Series, kind: 'sparse' | 'layers'): Summary | null {
  const layers = runs.map(({ record }) => record.cost?.flops?.[kind]);
  return layers.every((each): each is LayerFlops => each !== undefined) ? meanAndStd(layers.map(layerSum)) : null;
}

type Placed = Pick<CostMark, 'accuracy' | 'flops'>;

function dominates(a: Placed, b: Placed): boolean {
  const [less, more] = [a.flops.mean! - b.flops.mean!, a.accuracy.mean! - b.accuracy.mean!];
  return less <= 0 && more >= 0 && (less < 0 || more > 0);
}

function windowOf(marks: readonly CostMark[]): CostPanel['window'] {
  const exponents = marks.flatMap(({ flops, dense }) => [flops.mean!, dense ?? flops.mean!].map(Math.log10));
  const accuracies = marks.flatMap(({ accuracy: { mean, std } }) => [mean! - (std ?? 0), mean! + (std ?? 0)]);
  const [left, right] = padded(exponents, least.decades);
  const [bottom, top] = padded(accuracies, least.accuracy);
  return { left, right, bottom: Math.max(0, bottom), top: Math.min(1, top) };
}

function padded(values: readonly number[], extent: number): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = margin * (high - low) + Math.max(0, extent - (high - low)) / 2;
  return [low - room, high + room];
}
