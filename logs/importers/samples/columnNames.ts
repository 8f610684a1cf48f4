import { UserError } from '../../../base/index.ts';
import type { ColumnRole } from '../importer.ts';
import { shown } from '../tables/textTable.ts';

/** Names of columns by what they hold, in small letters; of several that a file has the first counts. */
export const sampleColumnNames = {
  step: ['round', 'iteration', 'iter', 'step'],
  problem: ['problem', 'problem_id', 'query', 'query_id', 'question', 'question_id', 'doc_id', 'task_id', 'id'],
  correct: ['correct', 'is_correct', 'passed'],
  task: ['benchmark', 'task', 'dataset'],
  reward: ['reward'],
  // The reference is often called answer, too: what can only be the model's comes first.
  answer: ['prediction', 'final_answer', 'answer'],
  turn: ['turn'],
  chain: ['chain', 'chain_id', 'sample', 'sample_id', 'sample_index', 'sample_idx', 'rollout', 'trajectory'],
  selected: ['selected', 'kept'],
  solution: ['equation', 'equations', 'rationale', 'solution'],
  class: ['class', 'category'],
  real: ['real_share', 'real_fraction', 'share_real'],
} satisfies Partial<Record<ColumnRole, readonly string[]>>;

type SampleRole = keyof typeof sampleColumnNames;
const roles = Object.keys(sampleColumnNames) as SampleRole[];

/** Which column holds what, by index. */
export type SampleColumns = { readonly problem: number; readonly correct: number } & Readonly<
  Partial<Record<SampleRole, number>>
>;

/** Whether these are columns of sampled answers. @param round whether there must be one for the round */
export function hasColumns(columns: readonly string[], round: boolean): boolean {
  const known = new Set(columns.map(plain));
  return (['step', 'problem', 'correct'] as const).every(
    (role) => (role === 'step' && !round) || sampleColumnNames[role].some((name) => known.has(name)),
  );
}

/**
 * @param given names that the user says
 * @param notes gets a sentence where a file has two columns for one thing
 * @throws {UserError} for a given name that is not there, and where the problem or the verdict is missing
 */
export function columnsOf(
  { path, columns }: { readonly path: string; readonly columns: readonly string[] },
  given: Readonly<Partial<Record<ColumnRole, string>>>,
  notes: string[],
): SampleColumns {
  const all = shown(columns.join(', '));
  const odd = Object.keys(given).find((role) => !(role in sampleColumnNames));
  if (odd !== undefined)
    throw new UserError(`${path}: sampled answers have no column for ${odd} (known: ${roles.join(', ')})`);
  const found: Partial<Record<SampleRole, number>> = {};
  for (const role of roles) {
    const name = given[role];
    if (name !== undefined) {
      found[role] = columns.indexOf(name);
      if (found[role] === -1) throw new UserError(`${path} has no column "${shown(name)}" (columns: ${all})`);
      continue;
    }
    const taken = new Set(Object.values(given));
    const own = sampleColumnNames[role].flatMap((each) =>
      columns.flatMap((column, i) => (plain(column) === each && !taken.has(column) ? [i] : [])),
    );
    if (own.length === 0) continue;
    [found[role]] = own;
    if (own.length > 1)
      notes.push(
        `${role} is read from column "${shown(columns[own[0]])}", not from "${shown(columns[own[1]])}"; --columns ${role}=<name> says otherwise`,
      );
  }
  for (const role of ['problem', 'correct'] as const)
    if (found[role] === undefined)
      throw new UserError(
        `${path} has no column for ${role}; name it ${sampleColumnNames[role].join(', ')}, or say --columns ${role}=<name> (columns: ${all})`,
      );
  return found as SampleColumns;
}

function plain(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[ -]/g, '_');
}
