import { UserError } from '../../../base/index.ts';
import type { ImportOptions } from '../importer.ts';
import { checkAccuracy } from '../shared/matrixBuilder.ts';
import { shown } from '../tables/textTable.ts';

/** What a metric of one experience is called in Avalanche: `Top1_Acc_Exp/eval_phase/test_stream/Task000/Exp003`. */
export interface AvalancheName {
  readonly metric: string;
  /** Such as `test`. */
  readonly stream: string;
  /** Its task label, such as `Task000`; null where its samples have several. */
  readonly label: string | null;
  /** Such as `Exp003`. */
  readonly experience: string;
}

/** Null for metrics of a whole stream, of training, and anything else. */
export function parseAvalancheName(name: string): AvalancheName | null {
  if (name.length > 300) return null;
  const found = /^([\w@.-]+)\/eval_phase\/(\w+)_stream(?:\/(Task\d+))?\/(Exp\d+)$/.exec(name);
  if (!found) return null;
  const [, metric, stream, label = null, experience] = found;
  return { metric, stream, label, experience };
}

/** `Exp003`, as Avalanche writes it. */
export function experienceName(id: number): string {
  return `Exp${String(id).padStart(3, '0')}`;
}

export interface AvalancheChoice {
  readonly metric: string;
  readonly stream: string;
}

const usual = 'Top1_Acc_Exp';

/**
 * The metric and stream that are read: `Top1_Acc_Exp` unless another is named, and the test stream where there are several, or the one of
 * `--metric Top1_Acc_Exp/eval_phase/valid_stream`.
 * @throws {UserError} for a metric or stream that is not there, and for several streams without a test stream
 */
export function chooseAvalancheMetric(
  names: Iterable<AvalancheName>,
  { metric: wanted }: ImportOptions,
  path: string,
): AvalancheChoice {
  const streams = new Map<string, Set<string>>();
  for (const { metric, stream } of names) {
    const known = streams.get(metric);
    if (known) known.add(stream);
    else streams.set(metric, new Set([stream]));
  }
  const [metric = usual, ...rest] = wanted?.split('/') ?? [];
  const known = [...streams.keys()].join(', ');
  const own = streams.get(metric);
  if (streams.size === 0)
    throw new UserError(
      `${path} has no metric of an experience, such as ${usual}; were they monitored, with accuracy_metrics(experience=True)?`,
    );
  if (!own) throw new UserError(`${path} has no metric ${shown(metric)}; name one with --metric (known: ${known})`);
  const named = rest.at(-1)?.replace(/_stream$/, '');
  const stream = named ?? (own.has('test') ? 'test' : [...own][0]);
  if (!own.has(stream))
    throw new UserError(`${path} has no ${metric} of a stream ${shown(stream)} (known: ${[...own].join(', ')})`);
  if (named === undefined && stream !== 'test' && own.size > 1)
    throw new UserError(
      `${path} has ${metric} of several streams, ${[...own].join(', ')}; name one, such as --metric ${metric}/${stream}_stream`,
    );
  return { metric, stream };
}

/** What to say of a choice: nothing where it is the usual one. */
export function notesOfChoice({ metric, stream }: AvalancheChoice): string[] {
  return stream === 'test' ? [] : [`${metric} is of the ${stream} stream`];
}

/** A value as it is kept: of accuracies, which Avalanche writes as fractions, a share. */
export function avalancheValue(value: number, metric: string, options: ImportOptions, where: string): number {
  if (!/acc/i.test(metric)) return value;
  return checkAccuracy(value, 'fraction', options, where) / (options.unit === 'percent' ? 100 : 1);
}
