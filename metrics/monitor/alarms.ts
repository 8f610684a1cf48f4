import { binomialCdf } from '../stats/distributions/binomial.ts';
import { listed, percent, points, short, signed, told } from './alarm-text.ts';
import { alarmKinds, type Alarm, type AlarmKind } from './alarm.ts';
import type { RoundGain } from './round-gains.ts';
import type { RoundTransfer } from './round-transfer.ts';
import type { BenchmarkMonitor, MonitorOptions } from './sample-monitor.ts';

type Settings = Required<Pick<MonitorOptions, 'alpha' | 'collapseBelow'>>;

/** What of a log's metrics calls for attention, worst first. */
export function alarmsOf(
  benchmarks: readonly BenchmarkMonitor[],
  { gains, transfer }: { readonly gains: readonly RoundGain[]; readonly transfer: readonly RoundTransfer[] },
  settings: Settings,
): Alarm[] {
  const each = { ...settings, alpha: settings.alpha / Math.max(1, benchmarks.length) };
  const found = [
    ...benchmarks.flatMap((own) => [
      ...collapseAlarm(own),
      ...coverageAlarm(own),
      ...confidentErrorsAlarm(own, each),
      ...selfCorrectionAlarm(own, each),
      ...behaviourAlarm(own, each),
    ]),
    ...regressionAlarms(transfer, settings),
    ...saturationAlarms(gains),
  ];
  const rank = (kind: AlarmKind): number => alarmKinds.indexOf(kind);
  return found.toSorted((a, b) => rank(a.kind) - rank(b.kind) || (a.p ?? 1) - (b.p ?? 1));
}

/** An alarm of the last of the rounds in which it holds. */
function lastOf<T extends { readonly round: number }>(
  kind: AlarmKind,
  benchmark: string,
  holding: readonly T[],
  tell: (round: T) => { readonly p: number | null; readonly text: string },
): Alarm[] {
  const last = holding.at(-1);
  if (last === undefined) return [];
  const { p, text } = tell(last);
  const earlier = holding.slice(0, -1).map(({ round }) => round);
  const also = earlier.length === 0 ? '' : `; in round ${listed(earlier)}, too`;
  const name = benchmark === '' ? '' : `${benchmark}: `;
  return [{ kind, round: last.round, benchmark, p, text: `${name}round ${last.round}: ${text}${also}` }];
}

function collapseAlarm({ benchmark, loop }: BenchmarkMonitor): Alarm[] {
  // Without a test three changes have the same signs in one of eight rounds by chance.
  const holding = (loop.value?.changes ?? []).filter(({ collapsing, p }) => collapsing && p !== null);
  return lastOf('collapse', benchmark, holding, ({ reward, rewardVariance, entropy, realShare, p }) => {
    const real =
      realShare === null
        ? 'the share of real data is not known'
        : realShare === 0
          ? 'no real data is in training (share 0)'
          : `the share of real data is ${short(realShare)}`;
    return {
      p,
      text: `the reward rose by ${short(reward)} while its variance fell by ${short(-rewardVariance)} and the entropy of the ${loop.value!.entropyOf === 'answer' ? 'answers' : 'classes'} by ${short(-entropy)} nats${told(p)}; ${real}`,
    };
  });
}

function coverageAlarm({ benchmark, coverage }: BenchmarkMonitor): Alarm[] {
  const holding = (coverage.value?.rounds ?? []).filter(({ lost }) => lost);
  return lastOf('coverage', benchmark, holding, ({ passAt1, passAtK, p }) => ({
    p,
    text: `pass@1 rose by ${points(passAt1)} and pass@${coverage.value!.k} fell by ${points(-passAtK)} since the first round${told(p)}: it answers more surely what it could answer, and no longer what it could rarely`,
  }));
}

function confidentErrorsAlarm({ benchmark, sharpening }: BenchmarkMonitor, { alpha }: Settings): Alarm[] {
  const changes = sharpening.value?.confidentErrors ?? [];
  const holding = changes.filter(({ change, p }) => change !== null && change > 0 && p !== null && p <= alpha);
  return lastOf('confident-errors', benchmark, holding, ({ change, p }) => ({
    p,
    text: `queries on which nearly all answers agree on a wrong one are ${points(change!)} more than in the first round${told(p)}`,
  }));
}

function selfCorrectionAlarm({ benchmark, selfCorrection }: BenchmarkMonitor, { alpha }: Settings): Alarm[] {
  const holding = (selfCorrection.value ?? []).filter(({ delta, p }) => delta < 0 && p <= alpha);
  return lastOf(
    'self-correction',
    benchmark,
    holding,
    ({ delta, incorrectToCorrect, correctToIncorrect, p, leftOut }) => ({
      p,
      text: `the second turn loses ${points(-delta)}: ${points(correctToIncorrect)} right answers became wrong, ${points(incorrectToCorrect)} wrong ones right${told(p)}${leftOut > 0 ? `; ${leftOut} chains without a second turn are left out` : ''}`,
    }),
  );
}

function behaviourAlarm({ benchmark, selfCorrection }: BenchmarkMonitor, { alpha, collapseBelow }: Settings): Alarm[] {
  const tested = (selfCorrection.value ?? []).flatMap((own) => {
    if (own.changedProblems === null || own.fixRate === null) return [];
    return [{ ...own, low: binomialCdf(own.changedProblems, own.problems, collapseBelow) }];
  });
  const holding = tested.filter(({ low }) => low * tested.length <= alpha);
  return lastOf('behaviour-collapse', benchmark, holding, ({ changed, low }) => {
    const p = Math.min(1, low * tested.length);
    return {
      p,
      text: `the second turn changes ${percent(changed!)} of the answers, surely below ${percent(collapseBelow)}${told(p)}: the model repeats itself`,
    };
  });
}

/** Of the last round alone: how things stand. Falls that came back are the event detector's. */
function regressionAlarms(transfer: readonly RoundTransfer[], { alpha }: Settings): Alarm[] {
  const last = lastRound(transfer);
  return transfer.flatMap(({ task, round, best, previous, base }) => {
    if (round !== last || best.difference >= 0 || best.p === null || best.p > alpha) return [];
    const against = (name: string, { difference, p }: typeof base): string =>
      `${name} ${difference < 0 ? '−' : '+'}${points(Math.abs(difference))}${p !== null && p <= alpha ? '' : ' (no clear fall)'}`;
    const chosen =
      best.among === 1
        ? ''
        : `; the best of ${best.among} rounds looks better than it is by ${points(best.selectionBias!)} on average, which p allows for; ${against('against the round before', previous)}, ${against('against the first', base)}`;
    const text = `${task}: round ${round}: ${points(-best.difference)} below its best, of round ${best.round}${told(best.p)}${chosen}`;
    return [{ kind: 'regression', round, benchmark: task, p: best.p, text } as const];
  });
}

function saturationAlarms(gains: readonly RoundGain[]): Alarm[] {
  const last = lastRound(gains);
  return gains.flatMap(({ task, round, previousRound, gain, standardError, saturated }) => {
    if (round !== last || saturated !== true) return [];
    const text = `${task}: round ${round}: the gain since round ${previousRound}, ${signed(gain)}, is below two standard errors (${points(2 * standardError!)})`;
    return [{ kind: 'saturation', round, benchmark: task, p: null, text } as const];
  });
}

function lastRound(all: readonly { readonly round: number }[]): number {
  return all.reduce((last, { round }) => Math.max(last, round), -Infinity);
}
