import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunRecord } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

/** A file of the given content in a folder of its own. */
export function fileOf(content: string, name = 'accuracy.csv'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** Writes the files of a folder; keys are paths in it. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** The record of a complete run on the tasks a and b. */
export function recordOf(label: string, seed: number): RunRecord {
  return {
    format: 1,
    run: `${label}-seed${seed}`,
    method: { name: 'er', label, title: 'Experience Replay', options: { memory: 200 } },
    seed,
    stream: {
      name: 'split-digits',
      version: 1,
      scenario: 'class',
      options: {},
      tasks: ['a', 'b'].map((name) => ({ name, train: 100, test: 50, evaluated: 50 })),
      inputShape: [8, 8, 1],
      outputs: 10,
    },
    network: { name: 'mlp', options: {}, parameters: 1000 },
    training: { batch: 10 },
    evaluation: { every: 1, subset: 50, mode: 'auto', refreshEvery: 100, incremental: 7, conventions: [] },
    engine: { name: 'onnx', threads: 1 },
    versions: {},
    machine: { platform: 'linux', cpu: 'cpu', cores: 2, memoryBytes: 1e9 },
    status: 'complete',
    reason: null,
    warnings: [],
    started: '2025-01-01T00:00:00.000Z',
    ended: '2025-01-01T00:01:00.000Z',
    cost: null,
  };
}

/** The files of a run folder on the tasks a and b. */
export function runFiles(record: RunRecord): Record<string, string> {
  return {
    'run.json': JSON.stringify(record),
    'accuracy.csv': 'step,training_task,a,b\n0,a,0.5,\n1,a,0.75,\n1,b,0.75,0\n2,b,0.5,1\n',
    'loss.csv': 'step,training_task,a,b\n0,a,0.7,\n1,a,0.1,\n1,b,0.1,9.5\n2,b,1.5,0.25\n',
    'matrix.csv': 'trained,a,b\ninitial,0.5,0.25\na,0.75,0\nb,0.5,1\n',
    'steps.csv': 'step,training_task,loss\n1,a,0.7\n2,b,2.5\n',
  };
}
