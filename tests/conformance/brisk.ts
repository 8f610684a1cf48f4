/** Options that bring every part of a method into play within the few updates of a test. A method without any runs with its defaults. */
export const brisk: Readonly<Record<string, Record<string, unknown>>> = {
  er: { memory: 20, replayBatch: 4 },
  'der++': { memory: 20, replayBatch: 4 },
  'a-gem': { memory: 24, referenceBatch: 10 },
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
  ewc: { lambda: 1, fisherSamples: 12 },
  set: { sparsity: 0.4, interval: 4 },
};
