/** Options that bring every part of a method into play within the few updates of a test. A method without any runs with its defaults. */
export const brisk: Readonly<Record<string, Record<string, unknown>>> = {
  er: { memory: 20, replayBatch: 4 },
  'der++': { memory: 20, replayBatch: 4 },
  'a-gem': { memory: 24, referenceBatch: 10 },
  ewc: { lambda: 1, fisherSamples: 12 },
  'fast-slow': { lambda: 1, momentum: 0.5, fisherSamples: 12 },
  reloop: { tables: 4, bits: 5, gamma: 0.5 },
  set: { sparsity: 0.4, interval: 4 },
};
