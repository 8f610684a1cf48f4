/** Texts by number, so that a column of them takes 4 bytes a row. */
export interface Interned {
  /** `[rows]`, an index into `names`; −1 where the row has none. */
  readonly ids: Int32Array;
  readonly names: readonly string[];
}

/**
 * Answers that a model gave, several to a problem, in each round of a loop in which it improves itself. The source of what a mean over problems
 * hides: how much the answers differ, what a second try does, which of them were kept.
 *
 * Columnar: row r is one answer. Rows are in order of round, problem, chain and turn, otherwise as they were written. A column that the log does not
 * have is null, and a cell that it does not have −1 or NaN, never 0.
 */
export interface SampleLog {
  /** Answers. */
  readonly length: number;
  /** The rounds, or updates made by then, ascending, each once. */
  readonly rounds: Float64Array;
  /** `[rows]`, an index into `rounds`, never decreasing. */
  readonly round: Int32Array;
  /** Names of the problems. Two benchmarks may have a problem of one name. */
  readonly problems: readonly string[];
  /** `[rows]`, an index into `problems`, never decreasing within a round. */
  readonly problem: Int32Array;
  /** In order of appearance; one of the name '' where the log names none. */
  readonly benchmarks: readonly string[];
  /** `[problems]`, an index into `benchmarks`. */
  readonly benchmarkOf: Int32Array;
  /** `[rows]`, 1 right, 0 wrong. */
  readonly correct: Uint8Array;
  /** `[rows]`, what the reward model or verifier gave; NaN where unknown. */
  readonly reward: Float64Array | null;
  /** The final answers: what a majority is counted over. */
  readonly answer: Interned | null;
  /** `[rows]`, the number of the attempt, where a model answers again after it saw its answer. From 0 or 1, as written. */
  readonly turn: Int32Array | null;
  /**
   * `[rows]`, which turns belong to one conversation, or which of the parallel answers it is. All 0 where turns are given and no problem has two
   * answers of one turn; null where nothing tells.
   */
  readonly chain: Int32Array | null;
  /** `[rows]`, 1 where the answer was kept for training, 0 where it was not, −1 where unknown. */
  readonly selected: Int8Array | null;
  /** What makes a solution another one though its answer is the same: its equations, or its text. */
  readonly solution: Interned | null;
  /** What kind of sample it is, where samples answer no problem: such as the class of an image. */
  readonly category: Interned | null;
  /** `[rounds]`, the share of real data in what the round was trained on, in [0, 1]; NaN where unknown. */
  readonly realShare: Float64Array | null;
}

/** The rows of one problem in one round: `start` … `end − 1`. */
export interface SampleGroup {
  readonly round: number;
  readonly problem: number;
  readonly start: number;
  readonly end: number;
}

/** Visits every problem of every round, in order. */
export function forEachGroup({ length, round, problem }: SampleLog, visit: (group: SampleGroup) => void): void {
  for (let start = 0, end = 0; start < length; start = end) {
    while (end < length && problem[end] === problem[start] && round[end] === round[start]) end++;
    visit({ round: round[start], problem: problem[start], start, end });
  }
}
