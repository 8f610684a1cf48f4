import type { AnalyzeOptions } from '../analysis/index.ts';

/** A published table of scores by round, and how it is read. */
export interface PublishedTable {
  readonly file: string;
  readonly title: string;
  readonly source: string;
  /** Who read the numbers where: `paper`, or `notes` of others on it, which were not checked against it. */
  readonly readIn: 'paper' | 'notes';
  /** What is asked of it. */
  readonly question: string;
  readonly options?: AnalyzeOptions;
  /** The command line that says the same. */
  readonly flags?: string;
}

/** Sizes of public test sets, so that the noise of a score is known. */
const sizes = {
  'ARC-C': 1172,
  ARC: 1172,
  HellaSwag: 10_042,
  GSM8K: 1319,
  GSM8k: 1319,
  MMLU: 14_042,
  NQ: 3610,
  TruthfulQA: 817,
  Winogrande: 1267,
  AIME2024: 30,
  'GPQA-Diamond': 198,
  'MMLU-Pro': 12_032,
  SimpleQA: 4326,
} as const;

type Benchmark = keyof typeof sizes;

/** Tasks with their sizes, as options and as flags. */
function judged(tasks: readonly Benchmark[]): Pick<PublishedTable, 'options' | 'flags'> {
  const items = Object.fromEntries(tasks.map((task) => [task, sizes[task]]));
  return {
    options: { tasks, items, unit: 'percent' },
    flags: `--unit percent --tasks ${tasks.join(',')} --items ${tasks.map((task) => `${task}=${sizes[task]}`).join(',')}`,
  };
}

export const publishedTables: readonly PublishedTable[] = [
  {
    file: 'self_rewarding_llama2_70b.csv',
    title: 'Self-Rewarding, Llama 2 70B',
    source: 'Yuan et al. 2024, [arXiv:2401.10020](https://arxiv.org/abs/2401.10020), tables 1 to 4',
    readIn: 'notes',
    question:
      'Three rounds of DPO on answers that the model judged itself. Win rates and judging improve from round to round. What does it cost elsewhere, and is that more than noise?',
    ...judged(['ARC-C', 'HellaSwag', 'GSM8K', 'MMLU', 'NQ']),
  },
  {
    file: 'spin_zephyr7b.csv',
    title: 'SPIN, Zephyr 7B',
    source: 'Chen et al. 2024, [arXiv:2401.01335](https://arxiv.org/abs/2401.01335), tables 4 and 6',
    readIn: 'notes',
    question:
      'Self-play against earlier rounds. The mean of six benchmarks rises in every round; the row −1 is the model that it starts from. Does any of the six lose?',
    ...judged(['ARC', 'TruthfulQA', 'Winogrande', 'GSM8k', 'HellaSwag', 'MMLU']),
  },
  {
    file: 'deepseek_r1_stages.csv',
    title: 'DeepSeek-R1, by stage',
    source: 'DeepSeek-AI 2025, [arXiv:2501.12948](https://arxiv.org/abs/2501.12948), table 3',
    readIn: 'notes',
    question:
      'Five stages from R1-Zero to R1, of which the first, a supervised cold start, throws reasoning back. What came back by the end? AIME has 30 problems and GPQA Diamond 198: too few for small falls.',
    ...judged(['AIME2024', 'GPQA-Diamond', 'MMLU-Pro', 'SimpleQA']),
  },
  {
    file: 'meta_rewarding_llama3_8b.csv',
    title: 'Meta-Rewarding, Llama 3 8B',
    source: 'Wu et al. 2024, [arXiv:2407.19594](https://arxiv.org/abs/2407.19594), tables 1 and 7',
    readIn: 'notes',
    question:
      'The win rate rises in every round. Does the judge keep agreeing with people? The number of judgements is not in the table, so that nothing tells the noise of the correlation.',
    options: { columns: { step: 'iteration' } },
    flags: '--columns step=iteration',
  },
  {
    file: 'rlvr_qwen25_7b_grpo_passk.csv',
    title: 'GRPO on Qwen2.5 7B: pass@1 against pass@256',
    source: 'Yue et al. 2025, [arXiv:2504.13837](https://arxiv.org/abs/2504.13837), table 4',
    readIn: 'notes',
    question:
      'Reinforcement learning raises what a model answers at the first try. What of the problems that it solves in any of 256 tries? They are fewer than at the base model from the first row on.',
  },
  {
    file: 'bstar_table2_per_iteration.csv',
    title: 'B-STaR: balance score over training',
    source: 'Zeng et al. 2024, [arXiv:2412.17256](https://arxiv.org/abs/2412.17256), table 2',
    readIn: 'paper',
    question:
      'B-STaR adapts temperature and reward threshold so that the balance of exploration and exploitation rises. Does it, and does it saturate?',
    options: { tasks: ['balance_score'], rounds: true },
    flags: '--tasks balance_score --rounds',
  },
];
