import type { Run, RunRecord } from '../../logs/index.ts';
import { meanAndStd } from '../../metrics/index.ts';
import { costPanel } from '../charts/costPanel.ts';
import type { GroupReport } from '../data.ts';
import { flopUnit, layerSum, threeDigits } from '../flops.ts';
import type { Series } from '../../analysis/index.ts';
import { costFigureImage } from './figures.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { plainTable } from './tables.ts';
import type { Cell, Defined } from './tables.ts';

type Cost = NonNullable<RunRecord['cost']>;

/** One number of a run's cost; null where the record does not have it. */
interface Column {
  readonly head: string;
  readonly definition?: string;
  readonly of: (cost: Cost) => number | null;
  /** Decimals, or operations in a unit that fits the whole column. */
  readonly show: number | 'flops';
  /** The column is left out where this is the same for every method. */
  readonly unless?: (cost: Cost) => number | null;
}

const denseTraining = ({ flops }: Cost): number | null => (flops ? layerSum(flops.layers) : null);
const replayForwardOnly = ({ flops }: Cost): number | null => flops?.forwardOnlyReplay ?? null;
const densePrediction = ({ flops }: Cost): number | null => flops?.inference ?? null;

const costs: readonly Column[] = [
  { head: 'updates', definition: 'Steps of the optimiser in one run.', of: ({ updates }) => updates, show: 0 },
  { head: 'training, s', definition: 'Wall-clock seconds in updates.', of: ({ seconds }) => seconds.training, show: 1 },
  {
    head: 'evaluation, s',
    definition: 'Wall-clock seconds in evaluations, of whole test sets too.',
    of: ({ seconds }) => seconds.evaluation,
    show: 1,
  },
  {
    head: 'training, all operations',
    definition:
      'Everything that the method’s programs computed, element-wise operators, optimiser, projections and passes of its own included; masked weights count like others.',
    of: ({ trainingFlops }) => trainingFlops,
    show: 'flops',
  },
  {
    head: 'peak memory, MiB',
    definition: 'The most memory that the process of the run held.',
    of: ({ peakMemoryBytes }) => peakMemoryBytes / 2 ** 20,
    show: 0,
  },
  {
    head: "method's own memory, MiB",
    definition: 'What is held beside parameters and optimiser: buffers, anchors, teachers, masks.',
    of: ({ extraBytes }) => extraBytes / 2 ** 20,
    show: 2,
  },
];

const layers: readonly Column[] = [
  {
    head: 'training, dense',
    definition:
      'Products with weights of layers, as they were executed: forward, for the gradients of inputs and for those of weights. Biases, norms, activations, loss and optimiser are left out, as papers do.',
    of: denseTraining,
    show: 'flops',
  },
  {
    head: 'training, by density',
    definition:
      'The same, each product times the share of its layer’s weights that were active then, and for gradients of weights the share of entries that were needed: what an implementation that skips zeros would compute. Nothing is skipped here.',
    of: ({ flops }) => (flops ? layerSum(flops.sparse) : null),
    show: 'flops',
    unless: denseTraining,
  },
  {
    head: 'training, replay forward only',
    definition:
      'By the rule of papers on sparse continual learning: backward passes are charged for as many rows as the stream presented, and rows beyond those, such as replayed ones, forward only.',
    of: replayForwardOnly,
    show: 'flops',
  },
  {
    head: 'the same, by density',
    definition: 'By that rule, each product times the density of its layer.',
    of: ({ flops }) => flops?.forwardOnlyReplaySparse ?? null,
    show: 'flops',
    unless: replayForwardOnly,
  },
  {
    head: 'prediction, dense',
    definition: 'Products with weights of layers for one prediction.',
    of: densePrediction,
    show: 'flops',
  },
  {
    head: 'prediction, by density',
    definition: 'The same by the density at the end, the mean over tasks where each has its own subnetwork.',
    of: ({ flops }) => flops?.inferenceSparse ?? null,
    show: 'flops',
    unless: densePrediction,
  },
];

const masks: readonly Column[] = [
  {
    head: 'weights that masks cover',
    definition: 'All weights of masked layers; what no mask covers, such as biases and norms, is always active.',
    of: (cost) => cost.masks?.total ?? null,
    show: 0,
  },
  {
    head: 'peak active',
    definition: 'The most of them that were active at once.',
    of: (cost) => cost.masks?.peakActive ?? null,
    show: 0,
  },
  {
    head: 'active in any task',
    definition: 'How many were active at the end of a task or of the run: the capacity in use.',
    of: (cost) => cost.masks?.union ?? null,
    show: 0,
  },
  {
    head: 'active at the end',
    definition: 'In the subnetwork at hand when the run ended.',
    of: (cost) => cost.masks?.active ?? null,
    show: 0,
  },
  {
    head: 'masks, KiB',
    definition: 'What all masks that are kept take, at one bit a weight.',
    of: (cost) => (cost.masks ? cost.masks.bits / 8192 : null),
    show: 1,
  },
];

/** What one run of each method took, mean over seeds. */
export async function costSection(group: GroupReport, id: string): Promise<Markup> {
  const { series } = group;
  const tables = [
    { title: 'Cost', columns: costs, note: null },
    {
      title: 'Operations of layers',
      columns: informative(series, layers),
      note: 'Masked layers are executed densely here and save no time: what is counted by density says what a sparse implementation would have to compute.',
    },
    { title: 'Masks', columns: masks, note: null },
  ].filter(({ columns }) => columns.some(({ of }) => series.some((one) => meanOf(one.runs, of) !== null)));
  const panel = costPanel(group);
  const defined = tables.flatMap(({ columns }) => columns.filter(({ definition }) => definition));
  return markup`<h2>Cost</h2>
<p class="muted">One run, mean over seeds. A multiply-add counts as two operations. Evaluation is in no count of operations.</p>
${tables.map(({ title, columns, note }) => [title === 'Cost' ? null : markup`<h3>${title}</h3>`, note && markup`<p class="muted">${note}</p>`, costTable(title, series, columns, id)])}
${panel && (await costFigureImage(panel))}
<details><summary>What each number counts</summary>
<dl class="definitions">${defined.map(({ head, definition }) => markup`<dt>${head}</dt><dd>${definition!}</dd>`)}</dl></details>`;
}

/** Without columns that say nothing new of any method. */
function informative(series: readonly Series[], columns: readonly Column[]): readonly Column[] {
  return columns.filter(
    ({ of, unless }) => !unless || series.some(({ runs }) => meanOf(runs, of) !== meanOf(runs, unless)),
  );
}

function numberWith(decimals: number): Intl.NumberFormat {
  return new Intl.NumberFormat('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** A dash where no run knows the value. */
function costTable(title: string, series: readonly Series[], columns: readonly Column[], id: string): Markup {
  // Methods about which the table says nothing are left out.
  const rows = series.filter(({ runs }) => columns.some(({ of }) => meanOf(runs, of) !== null));
  const shown = columns.map(({ head, definition, of, show }) => {
    const means = rows.map(({ runs }) => meanOf(runs, of));
    const unit = show === 'flops' ? flopUnit(means.filter((mean) => mean !== null)) : null;
    const text = (mean: number): string =>
      unit ? threeDigits(mean / unit.size) : numberWith(Number(show)).format(mean);
    const cells = means.map((mean): Cell => ({ shown: mean === null ? '–' : text(mean), value: mean }));
    const name = unit ? `${head}, ${unit.name}` : head;
    return { head: definition ? ({ term: name, definition } satisfies Defined) : name, cells };
  });
  return plainTable(
    title,
    ['method', ...shown.map(({ head }) => head)],
    rows.map(({ label }, row) => [label, ...shown.map(({ cells }) => cells[row])]),
    id,
  );
}

function meanOf(runs: readonly Run[], of: Column['of']): number | null {
  return meanAndStd(runs.map(({ record }) => (record.cost ? of(record.cost) : null))).mean;
}
