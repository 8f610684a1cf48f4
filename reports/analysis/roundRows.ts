import type { Analysis } from '../../analysis/index.ts';
import { shownP, shownStep, shownValue } from './numbers.ts';

/** The heads of {@link roundRows}. */
export const roundHeads = ['task', 'round', 'gain', '± SE', 'saturated', 'best before', 'against best', 'p', 'against first', 'p']; // prettier-ignore

/** Where each task stands after its last round, the largest loss from its best first. */
export function roundRows({ rounds }: Analysis): string[][] {
  if (!rounds) return [];
  const last = new Map(rounds.transfer.map((each) => [each.task, each]));
  return [...last.values()]
    .toSorted((a, b) => a.best.difference - b.best.difference)
    .map(({ task, round, best, base }) => {
      const gain = rounds.gains.findLast((each) => each.task === task);
      return [
        task,
        shownStep(round),
        shownValue(gain?.gain ?? null),
        shownValue(gain?.standard_error ?? null),
        gain?.saturated === null || gain === undefined ? '–' : gain.saturated ? 'yes' : 'no',
        shownStep(best.round),
        shownValue(best.difference),
        shownP(best.p),
        shownValue(base.difference),
        shownP(base.p),
      ];
    });
}
