/** Options that bring every part of a method into play within the few updates of a test. A method without any runs with its defaults. */
export const brisk: Readonly<Record<string, Record<string, unknown>>> = {
  er: { memory: 20, replayBatch: 4 },
  'er-ace': { memory: 20, replayBatch: 4 },
  der: { memory: 20, replayBatch: 4 },
  'der++': { memory: 20, replayBatch: 4 },
  'x-der': { memory: 20, replayBatch: 4, contrastBatch: 4, leastCrop: 0.9 },
  gss: { memory: 20, replayBatch: 4, references: 3 },
  mir: { memory: 20, replayBatch: 4, candidates: 10 },
  uer: { memory: 20, replayBatch: 4, scale: 4 },
  'a-gem': { memory: 24, referenceBatch: 10 },
  icarl: { memory: 20, replayBatch: 4 },
  gem: { memory: 24 },
  scr: { memory: 20, replayBatch: 4, projection: 8, leastCrop: 0.9 },
  onpro: {
    memory: 20,
    replayBatch: 8,
    perClass: 2,
    baseShare: 0.5,
    projection: 8,
    instanceTemperature: 2,
    prototypeTemperature: 2,
    crop: 0.9,
  },
  gdumb: { memory: 20, passes: 32 },
  'mas-online': { hardBuffer: 6, window: 2, meanThreshold: 0.4, steps: 2 },
  mas: { importanceSamples: 12, sni: 0.01 },
  ewc: { lambda: 1, fisherSamples: 12, form: 'separate', fisher: 'sampled' },
  l2: { lambda: 0.1, anchors: 'all' },
  si: { lambda: 0.5 },
  rwalk: { interval: 2 },
  'view-batch': { base: 'er', baseOptions: { memory: 20, replayBatch: 2 }, views: 2, weight: 0.5 },
  'fast-slow': { lambda: 1, momentum: 0.5, fisherSamples: 12 },
  reloop: { tables: 4, bits: 5, gamma: 0.5 },
  gpm: { threshold: 0.6, samples: 12, windows: 40 },
  trgp: { threshold: 0.6, samples: 12, windows: 40, related: 0.1 },
  set: { sparsity: 0.4, interval: 4 },
};

/** Parameters that a method leaves as they are: they belong to the network, and not to the method's model. */
export const held: Readonly<Record<string, readonly string[]>> = {
  uer: ['output/bias'],
  scr: ['output/weight', 'output/bias'],
};
