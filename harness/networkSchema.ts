/** @file The networks of an experiment and the options of each. Loads no engine, as experimentSchema.ts does not. */
import * as z from 'zod';
import { parseWith } from '../base/index.ts';
import type { Head, InitializerName, Norm } from '../engine/index.ts';

const heads = ['linear', 'cosine'] as const satisfies readonly Head[];
const norms = ['batch', 'group', 'none'] as const satisfies readonly Norm[];
const initializers = ['pytorch', 'kaiming', 'xavier'] as const satisfies readonly InitializerName[];

/** The keys that say how a network is built. Which of them a network takes, and their defaults, depend on it. */
export const networkKeys = {
  hidden: z.array(z.int().min(1)).optional().describe('widths of the hidden layers of mlp'),
  norm: z.enum(norms).optional().describe('normalisation after convolutions'),
  head: z.enum(heads).optional().describe('output layer'),
  initializer: z.enum(initializers).optional().describe('how weights start'),
  bias: z.boolean().optional().describe('whether layers have biases, in mlp and cnn'),
  dropout: z.number().min(0).lt(1).optional().describe('share of hidden units dropped in training, in mlp and cnn'),
};

export interface NetworkOptions {
  readonly hidden?: readonly number[];
  readonly norm?: Norm;
  readonly head?: Head;
  readonly initializer?: InitializerName;
  readonly bias?: boolean;
  readonly dropout?: number;
}

const { hidden, norm, head, initializer, bias, dropout } = networkKeys;

/** The options of every network that can be named. */
const networks = {
  mlp: z.strictObject({
    hidden: hidden.unwrap().default([400, 400]),
    head: head.unwrap().default('linear'),
    initializer: initializer.unwrap().default('pytorch'),
    bias: bias.unwrap().default(true),
    dropout: dropout.unwrap().default(0),
  }),
  cnn: z.strictObject({
    norm: norm.unwrap().default('none'),
    head: head.unwrap().default('linear'),
    initializer: initializer.unwrap().default('pytorch'),
    bias: bias.unwrap().default(true),
    dropout: dropout.unwrap().default(0),
  }),
  'resnet18-slim': resnetOptions('pytorch'),
  resnet18: resnetOptions('pytorch'),
  resnet32: resnetOptions('kaiming'),
} as const;

function resnetOptions(initial: InitializerName) {
  return z.strictObject({
    norm: z.enum(['batch', 'group'] satisfies Norm[]).default('batch'),
    head: head.unwrap().default('linear'),
    initializer: initializer.unwrap().default(initial),
  });
}

export type NetworkName = keyof typeof networks;

export const networkNames = Object.keys(networks) as [NetworkName, ...NetworkName[]];

/**
 * The options of a network with the defaults filled in.
 * @throws {UserError} on a key that the network does not take, or a value that does not fit
 */
export function resolveNetworkOptions(name: NetworkName, options: NetworkOptions): NetworkOptions {
  return parseWith<z.ZodType<NetworkOptions>>(networks[name], networkOptionsOf(options), `network ${name}`);
}

/** The part of an experiment that its network is made from. */
export function networkOptionsOf(options: NetworkOptions): NetworkOptions {
  const keys = Object.keys(networkKeys) as (keyof NetworkOptions)[];
  return Object.fromEntries(keys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])));
}
