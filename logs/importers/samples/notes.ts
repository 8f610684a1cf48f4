import { forEachGroup, type SampleLog } from '../../samples.ts';

/** How much was read: every value is a mean over it, and a file that was cut after a whole line looks like any other. */
export function sizeOf({ length, problems, rounds }: SampleLog): string {
  const many = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return `values are means over ${many(length, 'answer')} to ${many(problems.length, 'problem')} in ${many(rounds.length, 'round')}`;
}

/**
 * What is uneven in a log of answers, a sentence each: problems that a round lacks, problems with fewer answers than others, answers that are right
 * in one row and wrong in another. Each is as files that were cut short, joined twice or misread look.
 */
export function unevenness(samples: SampleLog): string[] {
  return [...unevenAnswers(samples), ...missingProblems(samples), ...contradictions(samples)];
}

function unevenAnswers(samples: SampleLog): string[] {
  const { turn } = samples;
  let [least, most] = [Infinity, 0];
  const count = (answers: number): void => {
    least = Math.min(least, answers);
    most = Math.max(most, answers);
  };
  forEachGroup(samples, ({ start, end }) => {
    if (turn === null) {
      count(end - start);
      return;
    }
    const byTurn = new Map<number, number>();
    for (let row = start; row < end; row++) byTurn.set(turn[row], (byTurn.get(turn[row]) ?? 0) + 1);
    for (const answers of byTurn.values()) count(answers);
  });
  const of = turn === null ? 'round' : 'round and turn';
  return least === most ? [] : [`problems have from ${least} to ${most} answers in a ${of}`];
}

function missingProblems({ rounds, round, turn, problem, benchmarks, benchmarkOf, length }: SampleLog): string[] {
  const seen = new Map<string, Set<number>>();
  const all = benchmarks.map(() => 0);
  for (const benchmark of benchmarkOf) all[benchmark]++;
  for (let row = 0; row < length; row++) {
    const key = `${round[row]}/${turn?.[row] ?? ''}/${benchmarkOf[problem[row]]}`;
    let own = seen.get(key);
    if (own === undefined) seen.set(key, (own = new Set()));
    own.add(problem[row]);
  }
  const lacking = [...seen].filter(([key, own]) => own.size < all[Number(key.split('/')[2])]);
  if (lacking.length === 0) return [];
  const [[key, own]] = lacking;
  const [atRound, atTurn, benchmark] = key.split('/');
  const where = [`round ${rounds[Number(atRound)]}`, atTurn && `turn ${atTurn}`, benchmarks[Number(benchmark)]];
  const more = lacking.length === 1 ? '' : `, and ${lacking.length - 1} more like it`;
  return [
    `${where.filter((part) => part !== '').join(', ')} has ${own.size} of ${all[Number(benchmark)]} problems${more}: rounds are compared over those that both have`,
  ];
}

/** Where one answer to one problem is right and wrong, the column may hold the reference, or another problem has the same name. */
function contradictions(samples: SampleLog): string[] {
  const { answer, correct, problem, problems, length } = samples;
  if (answer === null) return [];
  const verdicts = new Map<number, number>();
  const odd = new Set<number>();
  for (let row = 0; row < length; row++) {
    if (answer.ids[row] < 0) continue;
    const key = problem[row] * answer.names.length + answer.ids[row];
    const seen = (verdicts.get(key) ?? 0) | (1 << correct[row]);
    verdicts.set(key, seen);
    if (seen === 3) odd.add(problem[row]);
  }
  if (odd.size === 0) return [];
  return [
    `${odd.size} of ${problems.length} problems have one and the same answer right in some rows and wrong in others: is it the model's answer, or the reference?`,
  ];
}
