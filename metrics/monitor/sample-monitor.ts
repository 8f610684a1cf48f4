import type { Alarm } from './alarm.ts';
import type { RoundGain } from './round-gains.ts';
import type { RoundTransfer } from './round-transfer.ts';
import type { SharpeningRounds } from './sample-answers.ts';
import type { BalanceRounds, ExploitationRounds, ExplorationRounds } from './sample-balance.ts';
import type { LoopRounds } from './sample-loop.ts';
import type { CoverageRounds, PassAtKRounds } from './sample-passes.ts';
import type { SelfCorrectionRound, SequentialRound } from './sample-turns.ts';
import type { Section } from './section.ts';

export interface MonitorOptions {
  /** Chance of a false alarm of one kind on a log on which nothing happens; .05 unless given. Benchmarks share it evenly. */
  readonly alpha?: number;
  /** Which k of pass@k; powers of two up to the fewest answers that a problem has, and that number, unless given. */
  readonly ks?: readonly number[];
  /** S of Pass@K-S and Reward@K-S; 4 unless given, as in the B-STaR paper, and K where that is smaller. */
  readonly s?: number;
  /** n* of the balance score, different right samples wanted of a query; 8 unless given, as in its authors' code. */
  readonly wanted?: number;
  /** k of the RISE metrics; the number of turns unless given. */
  readonly k?: number;
  /** δ: a query is sharpened where 1 − δ of its answers agree; .1 unless given. */
  readonly delta?: number;
  /** Behaviour collapse: the share of answers that the second turn changes is surely below this; .05 unless given. */
  readonly collapseBelow?: number;
}

/** What the answers to one benchmark say. Rounds in which it was not evaluated are left out everywhere. */
export interface BenchmarkMonitor {
  /** '' where the log names none. */
  readonly benchmark: string;
  readonly passAtK: Section<PassAtKRounds>;
  readonly coverage: Section<CoverageRounds>;
  readonly exploration: Section<ExplorationRounds>;
  readonly exploitation: Section<ExploitationRounds>;
  readonly balance: Section<BalanceRounds>;
  readonly selfCorrection: Section<readonly SelfCorrectionRound[]>;
  readonly sequential: Section<readonly SequentialRound[]>;
  readonly sharpening: Section<SharpeningRounds>;
  readonly loop: Section<LoopRounds>;
}

export interface SampleMonitor {
  readonly answers: number;
  readonly problems: number;
  readonly rounds: readonly number[];
  readonly benchmarks: readonly BenchmarkMonitor[];
  /** Of pass@1 by benchmark, and turn where there are several. */
  readonly gains: Section<readonly RoundGain[]>;
  readonly transfer: Section<readonly RoundTransfer[]>;
  /** Worst first. */
  readonly alarms: readonly Alarm[];
}
