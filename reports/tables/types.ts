import type { RunMetric } from '../../metrics/index.ts';

/** How a table for a paper is made. */
export interface TableOptions {
  /** Names of metrics (`stabgap list metrics`); the most telling ones unless given. */
  readonly metrics?: readonly string[];
  /** The label of the method that the others are tested against; unless given, the best method of each column. */
  readonly baseline?: string;
  /** Decimals of accuracies: 3, or 1 in percent, unless given. Numbers of updates have one. */
  readonly decimals?: number;
  /** Accuracies in percent. */
  readonly percent?: boolean;
  /** What follows ±: the sample standard deviation over seeds (unless given), or half the width of the mean's 95 % t interval. */
  readonly spread?: 'std' | 'ci';
}

/** How numbers are shown. */
export interface TableStyle {
  readonly decimals: number;
  readonly percent: boolean;
  readonly spread: 'std' | 'ci';
  readonly baseline: string | null;
}

/** A run that is in no average. */
export interface LeftOutRun {
  readonly run: string;
  readonly method: string;
  readonly status: string;
  readonly reason: string | null;
}

/** Runs of one experiment that followed one protocol. */
export interface TableSource {
  /** The experiment's name; with its protocol where there are several. */
  readonly name: string;
  /** From 1, in the order of the report. */
  readonly protocol: number;
  readonly stream: string;
  readonly scenario: string;
  readonly tasks: number;
  readonly seeds: readonly number[];
  readonly leftOut: readonly LeftOutRun[];
  /** Folders of the experiment that hold no readable run, with the reason. */
  readonly problems: readonly string[];
}

export interface TableColumn {
  /** Such as `min-ACC`, or the name of an experiment. */
  readonly head: string;
  readonly metric: string;
  readonly unit: RunMetric['unit'];
  readonly direction: RunMetric['direction'];
  /** Which of the table's sources. */
  readonly source: number;
}

/** What a paired test says of a method beside the reference of its column. */
export interface CellTest {
  /** Two-sided, adjusted by Holm over the column's methods; null where the test has none, and for the reference. */
  readonly p: number | null;
  readonly verdict: 'reference' | 'better' | 'worse' | 'not shown';
}

export interface TableCell {
  /** In the metric's unit, not rounded; null if no seed has a value. */
  readonly mean: number | null;
  /** Sample standard deviation over seeds; null for fewer than two. */
  readonly std: number | null;
  /** Half the width of the mean's 95 % t interval; null for fewer than two seeds. */
  readonly halfWidth: number | null;
  /** How many seeds have a value, of how many complete runs. */
  readonly n: number;
  readonly runs: number;
  /** Null for other places, for metrics that flatter the worst method, and where all look alike. Means that look alike share a place. */
  readonly place: 'best' | 'second' | null;
  /** Null where nothing was tested. */
  readonly test: CellTest | null;
  readonly mark: 'not told from the best' | 'better' | 'worse' | null;
}

export interface TableRow {
  readonly label: string;
  /** In the order of the columns; null where the column's source has no complete run of this method. */
  readonly cells: readonly (TableCell | null)[];
}

/** A table before it is put into LaTeX, Markdown or CSV: plain data. */
export interface PaperTable {
  readonly name: string;
  readonly style: TableStyle;
  readonly sources: readonly TableSource[];
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  /** Sentences. */
  readonly caption: readonly string[];
  /** What keeps numbers from meaning what they seem to, and what was left out. Sentences. */
  readonly notes: readonly string[];
}
