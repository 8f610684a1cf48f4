import type { EvaluationLog } from '../../../logs/index.ts';

/** One evaluation, in plain words: after how many updates, in training on which task, and what each task had. */
interface Row {
  readonly step: number;
  readonly trained: number;
  readonly values: readonly (number | null)[];
}

function rowsOf({ steps, trainingTask, values }: EvaluationLog): Row[] {
  return Array.from(steps, (step, r) => ({
    step,
    trained: trainingTask[r],
    values: values.map((curve) => (Number.isNaN(curve[r]) ? null : curve[r])),
  }));
}

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

const signOf = ({ higherIsBetter }: EvaluationLog): number => (higherIsBetter ? 1 : -1);

/** The tasks that were trained, in order, and stretches of rows in which one was. */
function segments(rows: readonly Row[]): { task: number; rows: Row[]; before: Row | undefined }[] {
  const found: { task: number; rows: Row[]; before: Row | undefined }[] = [];
  rows.forEach((row, r) => {
    if (r > 0 && rows[r - 1].trained === row.trained) found.at(-1)!.rows.push(row);
    else found.push({ task: row.trained, rows: [row], before: rows[r - 1] });
  });
  return found;
}

/** For each update that an evaluation speaks for, the accuracies of the tasks seen at the first evaluation after it: Caccia et al. 2022. */
export function anytimeTerms(log: EvaluationLog): number[][] {
  const rows = rowsOf(log);
  const seenAt = rows.map((row, r) => {
    const seen = row.trained === -1 ? log.tasks.map((_, t) => t) : rows.slice(0, r + 1).map(({ trained }) => trained);
    return [...new Set(seen)].filter((t) => t !== -1).flatMap((t) => row.values[t] ?? []);
  });
  const last = rows.findLast((_, r) => seenAt[r].length > 0)?.step ?? 0;
  return Array.from({ length: last }, (_, u) => seenAt.find((seen, r) => seen.length > 0 && rows[r].step > u)!);
}

/** AAA = 1/t Σ_j (accuracy over the tasks seen after update j): Caccia et al. 2022, Soutif-Cormerais et al. 2023. */
export const aaa = (log: EvaluationLog): number | null => meanOf(anytimeTerms(log).map((seen) => meanOf(seen)!));

/** A_AUC of Koh et al. 2022: the sum over all samples seen of the accuracy then. */
export function aAuc(log: EvaluationLog, samples: number): number | null {
  const terms = anytimeTerms(log);
  return terms.length === 0 ? null : terms.reduce((sum, seen) => sum + meanOf(seen)! * samples, 0);
}

/** Z_0 … Z_β of Chaudhry et al. 2019: mean over tasks of the accuracy on each after b updates on it. */
function shots(log: EvaluationLog, beta: number): number[] | null {
  const all = segments(rowsOf(log)).filter(({ task }) => task !== -1);
  const firsts = all.filter(({ task }, i) => all.slice(0, i).every((other) => other.task !== task));
  const Z = Array.from({ length: beta + 1 }, (_, b) =>
    firsts.map(({ task, rows, before }) => {
      const shot = rows.filter(({ step, values }) => step - (before?.step ?? 0) === b && values[task] !== null);
      return shot.at(-1)?.values[task] ?? null;
    }),
  );
  return firsts.length === 0 || Z.flat().includes(null) ? null : Z.map((values) => meanOf(values as number[])!);
}

/** A-GEM, Chaudhry et al. 2019: LCA_β = 1/(β+1) Σ_b Z_b. */
export function lca(log: EvaluationLog, beta: number): number | null {
  const Z = shots(log, beta);
  return Z && meanOf(Z);
}

/** A-GEM's notebook: trapezoids over β ≥ 1. */
export function lcaTrapezoid(log: EvaluationLog, beta: number): number | null {
  const Z = shots(log, beta);
  return Z && Z.slice(1).reduce((sum, value, b) => sum + (value + Z[b]) / 2, 0) / beta;
}

/** The current task, and of each earlier one every value after the end of its first training while it is not trained. */
function sinceEnds(log: EvaluationLog): { current: number; later: number[][] } | null {
  const rows = rowsOf(log);
  const current = rows.findLast(({ trained }) => trained !== -1)?.trained;
  if (current === undefined) return null;
  const old = [...new Set(rows.map(({ trained }) => trained))].filter((t) => t !== -1 && t !== current);
  const later = old.map((t) => {
    const first = rows.findIndex(({ trained }) => trained === t);
    const after = rows.findIndex(({ trained }, r) => r > first && trained !== t);
    const counted = rows.slice(after).filter(({ trained, step }) => trained !== t && step > rows[after - 1].step);
    return counted.flatMap(({ values }) => values[t] ?? []);
  });
  return { current, later };
}

const lastOf = (log: EvaluationLog, t: number): number | null =>
  rowsOf(log).findLast(({ values }) => values[t] !== null)?.values[t] ?? null;

const worstOf = (log: EvaluationLog, values: readonly number[]): number =>
  signOf(log) * Math.min(...values.map((value) => signOf(log) * value));

/** De Lange et al. 2023: min-ACC = 1/(k−1) Σ_{i<k} min A(E_i, f_n) over t|T_i| < n ≤ t. */
export function minAcc(log: EvaluationLog): number | null {
  const since = sinceEnds(log);
  if (since === null || since.later.some((values) => values.length === 0)) return null;
  return meanOf(since.later.map((values) => worstOf(log, values)));
}

/** De Lange et al. 2023: WC-ACC = 1/k A(E_k, f_t) + (1 − 1/k) min-ACC. */
export function wcAcc(log: EvaluationLog): number | null {
  const since = sinceEnds(log);
  const now = since && lastOf(log, since.current);
  if (since === null || now === null) return null;
  const k = since.later.length + 1;
  const lowest = minAcc(log);
  return k === 1 ? now : lowest === null ? null : now / k + (1 - 1 / k) * lowest;
}

/** Soutif-Cormerais et al. 2023: RAG = (Acc − WC-ACC) / Acc. */
export function rag(log: EvaluationLog): number | null {
  const worst = wcAcc(log);
  if (worst === null) return null;
  const trained = [...new Set(rowsOf(log).map(({ trained: t }) => t))].filter((t) => t !== -1);
  const accuracy = meanOf(trained.map((t) => lastOf(log, t)!))!;
  return accuracy === 0 ? null : (accuracy - worst) / accuracy;
}

/**
 * De Lange et al. 2023: of each task the largest fall (`direction` 1) or rise (−1) between two evaluations less than w updates apart, by
 * looking back over the window at every evaluation: O(n·w). Tasks of which no window holds two models are left out.
 */
export function largestChanges(log: EvaluationLog, window: number, direction: 1 | -1): number[] {
  const rows = rowsOf(log);
  return log.tasks.flatMap((_, t) => {
    const evaluated = rows.flatMap(({ step, values }) => (values[t] === null ? [] : [{ step, value: values[t] }]));
    let [largest, compared] = [0, false];
    for (const [n, now] of evaluated.entries())
      for (let m = n - 1; m >= 0 && evaluated[m].step > now.step - window; m--) {
        largest = Math.max(largest, direction * signOf(log) * (evaluated[m].value - now.value));
        compared ||= evaluated[m].step < now.step;
      }
    return compared ? [largest] : [];
  });
}

export const windowed = (log: EvaluationLog, window: number, direction: 1 | -1): number | null =>
  meanOf(largestChanges(log, window, direction));

/** What the page says of a gap, each from the list of evaluations after the switch. */
export function gaps(log: EvaluationLog) {
  const rows = rowsOf(log);
  const sign = signOf(log);
  const all = segments(rows);
  return all.flatMap(({ task: next, rows: own, before }, s) => {
    const earlier = [...new Set(all.slice(0, s).map(({ task }) => task))].filter((t) => t !== -1 && t !== next);
    if (next === -1 || before === undefined) return [];
    const found = own[0].step === before.step ? own[0] : before;
    return earlier.flatMap((t) => {
      const known = rows.slice(0, rows.indexOf(found) + 1).findLast(({ values }) => values[t] !== null);
      const later = own.filter(({ step, values }) => step > found.step && values[t] !== null);
      if (known === undefined || later.length === 0) return [];
      const reference = known.values[t]!;
      const curve = later.map(({ step, values }) => ({ step, drop: sign * (reference - values[t]!) }));
      const depth = Math.max(...curve.map(({ drop }) => drop));
      const lowest = curve.findIndex(({ drop }) => drop === depth);
      const back = depth > 0 ? curve.find(({ drop }, i) => i > lowest && drop <= 0) : undefined;
      const points = [
        { step: found.step, drop: 0 },
        ...curve.map(({ step, drop }) => ({ step, drop: Math.max(0, drop) })),
      ];
      return [
        {
          taskIndex: t,
          switchIndex: next,
          switchStep: found.step,
          reference,
          minimum: later[lowest].values[t]!,
          minimumStep: curve[lowest].step,
          depth,
          relativeDepth: reference === 0 ? null : depth / Math.abs(reference),
          recoveryStep: back?.step ?? null,
          recoveryTime: back ? back.step - found.step : null,
          censored: depth > 0 && back === undefined,
          area: points
            .slice(1)
            .reduce((sum, { step, drop }, i) => sum + ((step - points[i].step) * (drop + points[i].drop)) / 2, 0),
        },
      ];
    });
  });
}

/** Mean of a field of the gaps over those that have it. */
export const gapMean = (
  log: EvaluationLog,
  field: 'depth' | 'relativeDepth' | 'recoveryTime' | 'area',
): number | null => meanOf(gaps(log).flatMap((gap) => gap[field] ?? []));
