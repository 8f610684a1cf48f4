// Executes one run in this process and tells the parent of its first update.
import { executeRun, planRuns, resolveExperiment } from '../../dist/harness/index.js';

const experiment = resolveExperiment(JSON.parse(process.argv[2]));
let told = false;
await executeRun(experiment, planRuns(experiment)[0], {
  folder: process.argv[3],
  checkpointEvery: 0.005,
  onProgress() {
    if (!told) process.send('updating');
    told = true;
  },
});
process.disconnect();
