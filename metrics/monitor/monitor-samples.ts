import { itemsOfSamples, logOfSamples, type SampleLog } from '../../logs/index.ts';
import { requireInside } from '../stats/require.ts';
import { alarmsOf } from './alarms.ts';
import { spreadErrorOf } from './spread-error.ts';
import { roundGains } from './round-gains.ts';
import { roundTransfer } from './round-transfer.ts';
import { sharpeningSection } from './sample-answers.ts';
import { balanceSection, exploitationSection, explorationSection } from './sample-balance.ts';
import { loopSection } from './sample-loop.ts';
import type { BenchmarkMonitor, MonitorOptions, SampleMonitor } from './sample-monitor.ts';
import { coverageSection, passSection } from './sample-passes.ts';
import { queriesOf } from './sample-queries.ts';
import { selfCorrectionSection, sequentialSection } from './sample-turns.ts';
import { computed, missing } from './section.ts';

/**
 * Everything that a log of sampled answers says about a model that improves itself in rounds: each metric of `metrics/monitor/` that its columns
 * allow, why the others are not there, and alarms. Where there are turns the last answer of each chain counts, but for what is about turns.
 *
 * @throws {RangeError} for an option out of its range
 * @example of 16 answers a round to each of 80 problems: { benchmark: 'math', coverage: { k: 16, rounds: … }, … }, and an alarm where pass@1 rises while pass@16 falls
 */
export function monitorSamples(samples: SampleLog, options: MonitorOptions = {}): SampleMonitor {
  const { alpha = 0.05, s = 4, wanted = 8, delta = 0.1, collapseBelow = 0.05, ks, k } = options;
  requireInside(alpha, 'α');
  requireInside(collapseBelow, 'the share of changed answers that counts as a collapse');
  const own = alpha / samples.benchmarks.length;
  const benchmarks = queriesOf(samples).map((rounds, i): BenchmarkMonitor => ({
    benchmark: samples.benchmarks[i],
    passAtK: passSection(samples, rounds, ks),
    coverage: coverageSection(samples, rounds, own),
    exploration: explorationSection(samples, rounds, s),
    exploitation: exploitationSection(samples, rounds, s),
    balance: balanceSection(samples, rounds, wanted),
    selfCorrection: selfCorrectionSection(samples, rounds),
    sequential: sequentialSection(samples, rounds, k),
    sharpening: sharpeningSection(samples, rounds, delta),
    loop: loopSection(samples, rounds, own),
  }));
  const log = logOfSamples(samples);
  const pairedError = spreadErrorOf(itemsOfSamples(samples));
  const gains = roundGains(log, { pairedError });
  const transfer = roundTransfer(log, { pairedError });
  return {
    answers: samples.length,
    problems: samples.problems.length,
    rounds: [...samples.rounds],
    benchmarks,
    gains: gains.length > 0 ? computed(gains) : missing('a single round of every benchmark'),
    transfer: transfer.length > 0 ? computed(transfer) : missing('a single round of every benchmark'),
    alarms: alarmsOf(benchmarks, { gains, transfer }, { alpha, collapseBelow }),
  };
}
