import { UserError, unknownName, type Rng } from '../../base/index.ts';
import { datasets, loadDataset, type DatasetEntry } from '../datasets/index.ts';
import { createRegistry, type Registry } from '../registry.ts';
import { scenarios, type Dataset, type Scenario, type Stream, type StreamOptions } from '../types.ts';
import { blurry } from './blurry.ts';
import { commonOptions, requireTrainSamples } from './commonOptions.ts';
import { driftCsv } from './driftCsv.ts';
import { mixture } from './mixture.ts';
import { resolveNormalize } from './normalize.ts';
import { overlapping } from './overlapping.ts';
import { padImages, requirePad } from './pad.ts';
import { permuted } from './permuted.ts';
import { rotated } from './rotated.ts';
import { split } from './split.ts';
import { limitTraining } from './subset.ts';
import type {
  StandalonePlan,
  StandaloneStream,
  StreamContext,
  StreamKind,
  StreamOption,
  StreamPlan,
  StreamShape,
} from './types.ts';

/** Every kind of stream of images. Each goes with every data set: a stream is called `<kind>-<data set>`. */
export const streamKinds: Registry<StreamKind> = createRegistry('stream kind', [
  split,
  permuted,
  rotated,
  blurry,
  overlapping,
]);

/** The streams with data of their own. */
export const standaloneStreams: Registry<StandaloneStream> = createRegistry('stream', [mixture, driftCsv]);

/** A stream as shown in a list. */
export interface StreamDescription {
  readonly name: string;
  readonly kind: string;
  /** Null for a stream with data of its own. */
  readonly dataset: string | null;
  readonly description: string;
  /** Those that it makes sense in. */
  readonly scenarios: readonly Scenario[];
  readonly options: readonly StreamOption[];
}

/** All streams there are. */
export function describeStreams(): StreamDescription[] {
  const ofImages = streamKinds.entries.flatMap((kind) =>
    datasets.entries.map((dataset) => ({
      name: `${kind.name}-${dataset.name}`,
      kind: kind.name,
      dataset: dataset.name,
      description: `${dataset.title}: ${kind.description}`,
      scenarios: kind.scenarios ?? scenarios,
      options: [...kind.options, ...commonOptions],
    })),
  );
  const alone = standaloneStreams.entries.map((stream) => ({
    name: stream.name,
    kind: stream.name,
    dataset: null,
    description: stream.description,
    scenarios: stream.scenarios ?? scenarios,
    options: stream.options,
  }));
  return [...ofImages, ...alone];
}

/**
 * The options of a stream with all defaults filled in, as {@link createStream} would use them. Loads nothing.
 *
 * @throws UserError on an unknown name or option, or a value that no stream can be built from
 */
export function resolveStreamOptions(name: string, options: StreamOptions): StreamOptions {
  return planByName(name, options).options;
}

/**
 * What is known of a stream before its data are read; null where they alone say it.
 *
 * @throws UserError as {@link resolveStreamOptions} does
 */
export function resolveStreamShape(name: string, options: StreamOptions): StreamShape | null {
  return planByName(name, options).shape;
}

/**
 * Makes a stream: reads its data set, fetching it when need be, and divides it into tasks. What the same name, options, seed and file
 * give is always the same, however much was drawn from `rng` before.
 *
 * @param name `<kind>-<data set>`, such as `split-digits`, or a stream with data of its own, such as `mixture`
 * @throws UserError as {@link resolveStreamOptions} does, and when the data cannot be read
 */
export async function createStream(name: string, options: StreamOptions, context: StreamContext): Promise<Stream> {
  const alone = findStandalone(name);
  if (alone) {
    const content = await planStandalone(alone, options).build(context);
    return { name, version: alone.version, scenario: options.scenario, ...content };
  }
  const { kind, dataset } = parseStreamName(name);
  planStream(kind, options, dataset); // a mistake shows before anything is fetched
  return buildStream(kind.name, await loadDataset(dataset.name, context), options, context.rng);
}

/** Makes a stream of a data set at hand. */
export function buildStream(kindName: string, dataset: Dataset, options: StreamOptions, rng: Rng): Stream {
  const kind = streamKinds.get(kindName);
  const plan = planStream(kind, options, { ...dataset, classCount: dataset.classNames.length });
  const shown = options.pad === undefined ? dataset : padImages(dataset, options.pad);
  const normalization = plan.options.normalize ? shown.normalization : undefined;
  const { outputCount, tasks } = plan.build({ ...shown, normalization }, rng);
  return {
    name: `${kind.name}-${dataset.name}`,
    // Grows when either grows.
    version: kind.version + dataset.version - 1,
    scenario: options.scenario,
    inputShape: shown.shape,
    ...(normalization && { normalization }),
    outputCount,
    tasks: options.trainSamples === undefined ? tasks : limitTraining(tasks, options.trainSamples, rng),
  };
}

/** The data set of images that a stream is made of; null for one with data of its own. @throws UserError on an unknown name */
export function datasetOf(stream: string): DatasetEntry | null {
  return findStandalone(stream) ? null : parseStreamName(stream).dataset;
}

function findStandalone(name: string): StandaloneStream | undefined {
  return standaloneStreams.entries.find((stream) => stream.name === name);
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
  const kind = streamKinds.entries.find((each) => each.name === name.slice(0, dash));
  if (!kind) {
    const known = [...streamKinds.entries, ...standaloneStreams.entries].map((each) => each.name);
    throw unknownName('stream kind', name.slice(0, dash), known);
  }
  return { kind, dataset: datasets.get(name.slice(dash + 1)) };
}

function planByName(name: string, options: StreamOptions): Pick<StandalonePlan, 'options' | 'shape'> {
  const alone = findStandalone(name);
  if (alone) return planStandalone(alone, options);
  const { kind, dataset } = parseStreamName(name);
  return planStream(kind, options, dataset);
}

/** What of a data set decides on the options of its streams. */
type Facts = Pick<DatasetEntry, 'name' | 'shape' | 'classCount' | 'normalization'>;

function planStream(kind: StreamKind, options: StreamOptions, dataset: Facts): StreamPlan {
  requireFitting(kind, [...kind.options, ...commonOptions], options);
  const normalize = resolveNormalize(options.normalize, dataset);
  const plan = kind.plan(options, dataset.classCount);
  const { trainSamples, pad } = options;
  requireTrainSamples(trainSamples);
  requirePad(pad);
  const common = { ...(trainSamples !== undefined && { trainSamples }), ...(pad !== undefined && { pad }), normalize };
  return { ...plan, options: { ...plan.options, ...common } };
}

function planStandalone(stream: StandaloneStream, options: StreamOptions): StandalonePlan {
  requireFitting(stream, stream.options, options);
  return stream.plan(options);
}

function requireFitting(
  { name, scenarios: allowed = scenarios }: Pick<StreamKind, 'name' | 'scenarios'>,
  known: readonly StreamOption[],
  options: StreamOptions,
): void {
  const keys = ['scenario', ...known.map((option) => option.name)];
  for (const [key, value] of Object.entries(options)) {
    if (value !== undefined && !keys.includes(key)) throw unknownName(`option of ${name} streams`, key, keys);
  }
  const { scenario } = options;
  if (!scenarios.includes(scenario)) throw unknownName('scenario', scenario, scenarios);
  if (!allowed.includes(scenario)) {
    throw new UserError(`${name} streams make no sense in the ${scenario} scenario (allowed: ${allowed.join(', ')})`);
  }
}
