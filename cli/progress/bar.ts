import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { ProgressView } from './types.ts';
import { createTally, type Standing } from './tally.ts';
import { complaint, duration, megabytes } from './texts.ts';

/** One bar for all runs, with rate, time left and the runs at work; runs that go wrong are named above it. */
export function showBar(stream: NodeJS.WriteStream, runs: number): ProgressView {
  const bars = new MultiBar(
    {
      stream,
      format: '{bar} {percentage} % | {text}',
      barsize: 24,
      hideCursor: true,
      linewrap: false,
      clearOnComplete: true,
      // Signals are the command's own business.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  const tally = createTally(runs);
  let bar: SingleBar | undefined;

  const show = (done: number, total: number, text: string): void => {
    bar ??= bars.create(total, done, { text });
    bar.setTotal(total);
    bar.update(done, { text });
  };
  const showRuns = (): void => {
    const standing = tally.now();
    show(standing.done, standing.total, describe(standing));
  };
  const note = (line: string): void => {
    if (bar) bars.log(`${line}\n`);
    else stream.write(`${line}\n`);
  };
  const close = (): void => {
    process.off('exit', close);
    // What was noted since the last redraw would be lost.
    if (bar) bars.update();
    bars.stop();
  };
  // However the process ends, the cursor comes back.
  process.on('exit', close);
  return {
    note,
    close,
    download: (file, received, total) =>
      show(received, total, `fetching ${file}, ${megabytes(received)} of ${megabytes(total)}`),
    kept: (plans) => tally.keep(plans.length),
    start(plan) {
      tally.start(plan.name);
      showRuns();
    },
    update(progress) {
      tally.update(progress);
      showRuns();
    },
    end(outcome) {
      tally.end(outcome.plan.name);
      const problem = complaint(outcome);
      if (problem) note(problem);
      showRuns();
    },
  };
}

function describe({ done, total, rate, ended, runs, atWork }: Standing): string {
  const pace =
    rate === null ? ['starting'] : [`${Math.round(rate)} updates/s`, `${duration((total - done) / rate)} left`];
  const names = atWork.map(({ run, accuracy }) => (accuracy === null ? run : `${run} ${accuracy.toFixed(2)}`));
  return [...pace, `${ended}/${runs} runs`, names.join(', ')].join(' | ');
}
