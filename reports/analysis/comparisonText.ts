import type { ComparedMethod, Comparison } from '../../analysis/index.ts';
import { align } from '../align.ts';
import { counted, formatMeanStd, formatValue } from '../format.ts';
import { shownP } from './numbers.ts';

/** A comparison as plain text: the methods, best first, then what the ranks tell and what to beware of. Ends with a line end. */
export function comparisonText(comparison: Comparison): string {
  const { metric, better, baseline, by, pairs, methods, ranks, warnings, verdictBy, alpha } = comparison;
  const head = [
    'method',
    'mean ± std',
    'difference',
    '95 % interval',
    'p (t)',
    'Holm',
    'p (Wilcoxon)',
    'Holm',
    'd_z',
    'r',
    'rank',
    '',
  ];
  const table = align([head, ...methods.map((method) => cellsOf(method, comparison))]);
  const test = verdictBy === 't' ? 'paired t test' : 'Wilcoxon’s signed-rank test';
  return `${[
    `${metric} (${better} is better) beside ${baseline}, ${counted(pairs.length, by)}: ${pairs.join(', ')}`,
    '',
    ...table,
    '',
    `verdicts: ${test}, adjusted by Holm, at α = ${alpha}. d_z: Cohen’s, of pairs; r: matched-pairs rank-biserial correlation.`,
    ...(ranks === null
      ? []
      : [
          `ranks: Friedman (Iman–Davenport) p ${shownP(ranks.p)}; critical difference (Nemenyi) ${ranks.criticalDifference.toFixed(2)}`,
          ...ranks.groups.map((group) => `  cannot be told apart: ${group.join(', ')}`),
        ]),
    ...warnings.map((warning) => `warning: ${warning}`),
  ].join('\n')}\n`;
}

function cellsOf(method: ComparedMethod, { unit }: Comparison): string[] {
  const { difference, interval, tTest, wilcoxon } = method;
  const signed = (value: number | null): string => (value !== null && value > 0 ? '+' : '') + formatValue(value, unit);
  return [
    method.method,
    formatMeanStd(method, unit),
    method.verdict === 'baseline' ? '' : signed(difference),
    interval === null ? '' : `${signed(interval[0])} … ${signed(interval[1])}`,
    ...[tTest, wilcoxon].flatMap((test) => (test === null ? ['', ''] : [shownP(test.p), shownP(test.holm)])),
    method.cohensDz === null ? '' : method.cohensDz.toFixed(2),
    method.rankBiserial === null ? '' : method.rankBiserial.toFixed(2),
    method.rank === null ? '' : method.rank.toFixed(2),
    method.verdict,
  ];
}
