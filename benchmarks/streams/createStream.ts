import { UserError, unknownName, type Rng } from '../../base/index.ts';
import { datasets, loadDataset, type DatasetContext, type DatasetEntry } from '../datasets/index.ts';
import { createRegistry, type Registry } from '../registry.ts';
import { scenarios, type Dataset, type Scenario, type Stream, type StreamOptions } from '../types.ts';
import { blurry } from './blurry.ts';
import { commonOptions, requireTrainSamples } from './commonOptions.ts';
import { resolveNormalize } from './normalize.ts';
import { permuted } from './permuted.ts';
import { rotated } from './rotated.ts';
import { split } from './split.ts';
import { limitTraining } from './subset.ts';
import type { StreamKind, StreamOption, StreamPlan, StreamShape } from './types.ts';

/** Every kind of stream. Each goes with every data set: a stream is called `<kind>-<data set>`. */
export const streamKinds: Registry<StreamKind> = createRegistry('stream kind', [split, permuted, rotated, blurry]);

/** A stream as shown in a list. */
export interface StreamDescription {
  readonly name: string;
  readonly kind: string;
  readonly dataset: string;
  readonly description: string;
  /** Those that it makes sense in. */
  readonly scenarios: readonly Scenario[];
  readonly options: readonly StreamOption[];
}

/** All streams there are. */
export function describeStreams(): StreamDescription[] {
  return streamKinds.entries.flatMap((kind) =>
    datasets.entries.map((dataset) => ({
      name: `${kind.name}-${dataset.name}`,
      kind: kind.name,
      dataset: dataset.name,
      description: `${dataset.title}: ${kind.description}`,
      scenarios: kind.scenarios ?? scenarios,
      options: [...kind.options, ...commonOptions],
    })),
  );
}

/**
 * The options of a stream with all defaults filled in, as {@link createStream} would use them. Loads nothing.
 *
 * @throws UserError on an unknown name or option, or a value that no stream can be built from
 */
export function resolveStreamOptions(name: string, options: StreamOptions): StreamOptions {
  const { kind, dataset } = parseStreamName(name);
  return planStream(kind, options, dataset).options;
}

/**
 * What is known of a stream before its data are read.
 *
 * @throws UserError as {@link resolveStreamOptions} does
 */
export function resolveStreamShape(name: string, options: StreamOptions): StreamShape {
  const { kind, dataset } = parseStreamName(name);
  return planStream(kind, options, dataset).shape;
}

/**
 * Makes a stream: reads its data set, fetching it when need be, and divides it into tasks. What the same name, options and seed
 * give is always the same, however much was drawn from `rng` before.
 *
 * @param name `<kind>-<data set>`, such as `split-digits`
 * @throws UserError as {@link resolveStreamOptions} does, and when the data set cannot be read
 */
export async function createStream(
  name: string,
  options: StreamOptions,
  context: DatasetContext & { readonly rng: Rng },
): Promise<Stream> {
  const { kind, dataset } = parseStreamName(name);
  planStream(kind, options, dataset); // a mistake shows before anything is fetched
  return buildStream(kind.name, await loadDataset(dataset.name, context), options, context.rng);
}

/** Makes a stream of a data set at hand. */
export function buildStream(kindName: string, dataset: Dataset, options: StreamOptions, rng: Rng): Stream {
  const kind = streamKinds.get(kindName);
  const plan = planStream(kind, options, { ...dataset, classCount: dataset.classNames.length });
  const normalization = plan.options.normalize ? dataset.normalization : undefined;
  const { outputCount, tasks } = plan.build({ ...dataset, normalization }, rng);
  return {
    name: `${kind.name}-${dataset.name}`,
    // Grows when either grows.
    version: kind.version + dataset.version - 1,
    scenario: options.scenario,
    inputShape: dataset.shape,
    ...(normalization && { normalization }),
    outputCount,
    tasks: options.trainSamples === undefined ? tasks : limitTraining(tasks, options.trainSamples, rng),
  };
}

/** The data set that a stream is made of. @throws UserError on an unknown name */
export function datasetOf(stream: string): DatasetEntry {
  return parseStreamName(stream).dataset;
}

function parseStreamName(name: string) {
  const dash = name.indexOf('-');
  if (dash < 0) {
    throw unknownName(
      'stream',
      name,
      describeStreams().map((stream) => stream.name),
    );
  }
  return { kind: streamKinds.get(name.slice(0, dash)), dataset: datasets.get(name.slice(dash + 1)) };
}

/** What of a data set decides on the options of its streams. */
type Facts = Pick<DatasetEntry, 'name' | 'shape' | 'classCount' | 'normalization'>;

function planStream(kind: StreamKind, options: StreamOptions, dataset: Facts): StreamPlan {
  const known = ['scenario', ...[...kind.options, ...commonOptions].map((option) => option.name)];
  for (const [key, value] of Object.entries(options)) {
    if (value !== undefined && !known.includes(key)) throw unknownName(`option of ${kind.name} streams`, key, known);
  }
  if (!scenarios.includes(options.scenario)) throw unknownName('scenario', options.scenario, scenarios);
  requireScenario(`${kind.name} streams`, kind.scenarios ?? scenarios, options.scenario);
  const normalize = resolveNormalize(options.normalize, dataset);
  const plan = kind.plan(options, dataset.classCount);
  const { trainSamples } = options;
  requireTrainSamples(trainSamples);
  return { ...plan, options: { ...plan.options, ...(trainSamples !== undefined && { trainSamples }), normalize } };
}

function requireScenario(what: string, allowed: readonly Scenario[], scenario: Scenario): void {
  if (allowed.includes(scenario)) return;
  throw new UserError(`${what} make no sense in the ${scenario} scenario (allowed: ${allowed.join(', ')})`);
}
