/** Options that bring every part of a method into play within the few updates of a test. A method without any runs with its defaults. */
export const brisk: Readonly<Record<string, Record<string, unknown>>> = {
  er: { memory: 20, replayBatch: 4 },
  'der++': { memory: 20, replayBatch: 4 },
  'a-gem': { memory: 24, referenceBatch: 10 },
  gem: { memory: 24 },
  gdumb: { memory: 20, passes: 32 },
  ewc: { lambda: 1, fisherSamples: 12 },
  set: { sparsity: 0.4, interval: 4 },
};
