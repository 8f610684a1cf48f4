/** What another tool calls a metric, and how its numbers compare with ours. */
export interface Counterpart {
  /** Ours: a column of the report, the function, or the field; — where there is none. */
  readonly here: string;
  readonly tool: string;
  /** What it is called there. */
  readonly name: string;
  /** What it is there, with R[i][j] the accuracy on task j after task i. */
  readonly formula: string;
  /** Whether the numbers are the same, or when. */
  readonly same: string;
}

/** Markdown, for the table of docs/metrics.md. Commits are those of the docstrings. */
export const otherTools: readonly Counterpart[] = [
  { here: 'ACC', tool: 'FACIL', name: 'avg_accs', formula: 'mean of a row over the seen tasks', same: 'yes' },
  {
    here: 'ACC',
    tool: 'FACIL',
    name: 'wavg_accs',
    formula: 'the same, tasks weighted by their classes',
    same: 'for tasks of equal size',
  },
  {
    here: 'AIA',
    tool: 'PyCIL, PILOT',
    name: 'average accuracy',
    formula: 'mean over stages of the accuracy on all seen samples',
    same: 'for tasks of equal size',
  },
  {
    here: 'AIA',
    tool: 'Avalanche',
    name: 'AMCA',
    formula: 'mean over experiences of the mean accuracy of **classes**',
    same: 'for balanced test sets',
  },
  { here: 'AAA', tool: 'ocl_survey', name: 'AAA', formula: 'running mean over evaluations', same: 'at even spacing' },
  {
    here: 'AAA',
    tool: 'i-Blurry',
    name: 'A_auc',
    formula: 'mean over evaluations of the accuracy on all seen classes',
    same: 'even spacing, equal tasks',
  },
  {
    here: '`learningCurveArea`',
    tool: 'ContinualEvaluation',
    name: 'LCA',
    formula: 'mean of the first β evaluations, not β + 1; tasks with fewer left out',
    same: 'no',
  },
  {
    here: '`learningCurveAreaTrapezoid`',
    tool: "A-GEM's notebook",
    name: 'LCA_10',
    formula: 'trapezoids over β',
    same: 'yes',
  },
  {
    here: 'min-ACC',
    tool: 'ContinualEvaluation',
    name: 'acc_MIN',
    formula: 'the same, on a subset that is drawn anew for every evaluation',
    same: 'biased lower',
  },
  { here: 'WC-ACC', tool: 'ContinualEvaluation', name: 'WCACC', formula: 'the same', same: 'as min-ACC' },
  {
    here: 'WC-ACC',
    tool: 'ocl_survey',
    name: 'WCAcc',
    formula: 'current/k + (1 − 1/k) mean of running minima',
    same: 'up to when a minimum starts',
  },
  { here: 'FORG', tool: 'Avalanche', name: 'forgetting', formula: 'R[j][j] − last, task by task', same: 'yes' },
  { here: 'FORG', tool: 'ContinualEvaluation (De Lange et al.)', name: 'FORG', formula: "Avalanche's", same: 'yes' },
  {
    here: 'FORG',
    tool: 'Avalanche',
    name: 'StreamForgetting',
    formula: 'R[j][j] − last, mean over the old tasks',
    same: 'yes',
  },
  {
    here: 'FORG',
    tool: 'ocl_survey',
    name: 'Average_Forgetting',
    formula: 'first logged value − last',
    same: 'if first logged once learnt',
  },
  { here: 'FORG max', tool: 'FACIL', name: 'forgetting', formula: 'max of the earlier rows − current', same: 'yes' },
  {
    here: 'FORG max',
    tool: 'Continuum',
    name: 'forgetting',
    formula: 'max of the earlier rows from the diagonal down − last',
    same: 'unless better before learning',
  },
  {
    here: 'FORG max',
    tool: 'Mammoth, PyCIL',
    name: 'forgetting',
    formula: 'max of **all** rows, the last included, − last: never negative; missing cells are 0 in Mammoth',
    same: 'unless tasks gained',
  },
  {
    here: 'FORG max',
    tool: 'online-continual-learning (RaptorMai)',
    name: 'forgetting',
    formula: 'as Mammoth, but the sum is divided by T instead of T − 1',
    same: 'no',
  },
  {
    here: '`forgettingByRow`',
    tool: 'FACIL',
    name: 'forg',
    formula: 'max of the earlier rows − current, task by task, for each row',
    same: 'yes; 0 above the diagonal',
  },
  {
    here: '`forgettingMammoth`',
    tool: 'Mammoth',
    name: 'forgetting',
    formula: 'max of all rows − last, missing cells 0',
    same: 'yes, in percent',
  },
  {
    here: '`forgettingMammoth`',
    tool: 'PyCIL',
    name: 'Forgetting',
    formula: 'max of all rows − last',
    same: 'yes, in percent',
  },
  { here: 'BWT', tool: 'Mammoth', name: 'backward transfer', formula: 'last row − diagonal', same: 'yes' },
  {
    here: 'BWT',
    tool: 'Continuum, online-continual-learning',
    name: 'backward transfer',
    formula: 'mean over **all** i > j of R[i][j] − R[j][j] (Díaz-Rodríguez et al. 2018)',
    same: 'for T = 2',
  },
  { here: 'BWT', tool: 'Avalanche', name: 'StreamBWT', formula: 'minus its StreamForgetting', same: 'yes' },
  { here: 'FWT', tool: 'Avalanche', name: 'forward transfer', formula: 'R[j−1][j] − b[j]', same: 'yes' },
  {
    here: 'FWT',
    tool: 'Continuum',
    name: 'forward transfer',
    formula: 'R[j−1][j], no baseline',
    same: 'plus mean of b',
  },
  {
    here: 'FWT',
    tool: 'Mammoth',
    name: 'forward transfer',
    formula: 'the baseline is the already trained network just before task j, not the untrained one',
    same: 'no',
  },
  {
    here: 'WF',
    tool: 'ContinualEvaluation',
    name: 'F10, F100',
    formula: 'the same, in windows of w evaluations',
    same: 'for ρ = 1, biased higher',
  },
  {
    here: 'WP',
    tool: 'ContinualEvaluation',
    name: 'P10, P100',
    formula: 'skips starting points below the running maximum of the window',
    same: 'lower after a dip',
  },
  {
    here: 'depth',
    tool: 'stability-gap-nmc (Łapacz et al.)',
    name: 'SG',
    formula: 'accuracy before the task − minimum during it, evaluated once an epoch',
    same: 'lower, for what epochs miss',
  },
  {
    here: '`lapaczScores`',
    tool: 'stability-gap-nmc (Łapacz et al.)',
    name: 'stability_gap_avg, recovery_avg, sg_normal_avg, recovery_normal_avg',
    formula: 'SG, REC and their relative forms, evaluated once an epoch',
    same: 'yes, in percent',
  },
  { here: '`diazAccuracy`', tool: 'Continuum', name: 'accuracy_A', formula: 'mean of the lower triangle', same: 'yes' },
  {
    here: '`diazBackwardTransfer`',
    tool: 'Continuum, online-continual-learning',
    name: 'backward transfer',
    formula: 'mean over all i > j of R[i][j] − R[j][j]',
    same: 'yes; 0 for one task',
  },
  {
    here: '`modelSizeEfficiency`',
    tool: 'Continuum',
    name: 'model size growth',
    formula: 'mean of first / current size, 1 at most',
    same: 'yes',
  },
  { here: 'PM', tool: 'l2metrics', name: 'perf_maintenance_mrlep', formula: "this page's", same: 'yes' },
  {
    here: '`transfers`',
    tool: 'l2metrics',
    name: 'forward_transfer, backward_transfer',
    formula: "ratio or contrast of performances; **not** GEM's FWT and BWT",
    same: 'yes',
  },
  {
    here: 'PR, RP, SE',
    tool: 'l2metrics',
    name: 'perf_recovery, ste_rel_perf, sample_efficiency',
    formula: "this page's",
    same: 'yes',
  },
  {
    here: '—',
    tool: 'Avalanche, ocl_survey',
    name: 'CumulativeForgetting',
    formula: 'on logits, see [forgetting](#forgetting-forg-and-forg-max)',
    same: 'not computable here',
  },
];
