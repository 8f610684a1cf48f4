/** @file The losses of OnPro as plain loops in 64-bit floats, after the formulas of arXiv:2308.00301 and of OCM (ICML 2022). */

export type Vector = readonly number[];

const inner = (a: Vector, b: Vector): number => a.reduce((sum, value, k) => sum + value * b[k], 0);
export const unit = (a: Vector): number[] => a.map((value) => value / Math.sqrt(inner(a, a)));

function meanOf(rows: readonly Vector[]): number[] {
  return rows[0].map((_, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length);
}

/** Mean of the vectors of each class that there is. */
export function classMeans(z: readonly Vector[], labels: readonly number[]): Map<number, number[]> {
  const classes = [...new Set(labels)];
  return new Map(classes.map((label) => [label, meanOf(z.filter((_, i) => labels[i] === label))]));
}

/** −(1/2K) Σ log[exp(s⁺/τ) / Σ_{others} exp(s/τ)] over the 2K normalised class means of two views. */
export function prototypeLossOf(
  one: readonly Vector[],
  other: readonly Vector[],
  labels: readonly number[],
  temperature: number,
): number {
  const views = [one, other].map((z) => [...classMeans(z, labels).values()].map(unit));
  const all = views.flat();
  const count = views[0].length;
  let sum = 0;
  for (let i = 0; i < 2 * count; i++) {
    const positive = Math.exp(inner(all[i], all[(i + count) % (2 * count)]) / temperature);
    let everything = 0;
    for (let j = 0; j < 2 * count; j++) if (j !== i) everything += Math.exp(inner(all[i], all[j]) / temperature);
    sum -= Math.log(positive / everything);
  }
  return sum / (2 * count);
}

/** λ(zᵢ·zⱼ + zᵢ·f_sⱼ) for all i and j, with f_s numbers `begin` … of the normalised features. */
export function similaritiesOf(
  z: readonly Vector[],
  features: readonly Vector[],
  begin: number,
  scale: number,
): number[][] {
  const parts = features.map((f) => unit(f).slice(begin, begin + z[0].length));
  return z.map((a) => z.map((b, j) => scale * (inner(a, b) + inner(a, parts[j]))));
}

/** The instance loss; the second half of the rows shows the images of the first. */
export function instanceLossOf(
  similarities: readonly Vector[],
  groups: readonly number[],
  temperature: number,
  kind: 'stream' | 'replay',
): number {
  const count = groups.length;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    let everything = 0;
    for (let j = 0; j < count; j++)
      if (kind === 'replay' || j !== i) everything += Math.exp(similarities[i][j] / temperature);
    const term = (j: number) => -Math.log(Math.exp(similarities[i][j] / temperature) / everything + 1e-8);
    const positives = groups.flatMap((group, j) => (group === groups[i] ? [j] : []));
    if (kind === 'replay') sum += positives.reduce((total, j) => total + term(j), 0) / positives.length;
    else {
      const others = positives.filter((j) => j !== i);
      sum += (2 * others.reduce((total, j) => total + term(j), 0)) / positives.length + term((i + count / 2) % count);
    }
  }
  return sum / count;
}
