import { basename, resolve } from 'node:path';
import { createLiveRun, type LiveRun } from './liveRun.ts';
import type { CurveRows, LiveEvent, Message } from './messages.ts';
import { createScanner } from './scan.ts';

/** How far a page has been told: all that is needed to go on from there, so that nothing is kept for each page. */
export interface Cursor {
  readonly version: number;
  readonly eventsEra: number;
  readonly events: number;
  /** Of the run that is shown; empty while there is none. */
  readonly run: string;
  readonly era: number;
  readonly rows: number;
}

/** The cursor of a page that knows nothing. @param run the run that it shows; empty for the one at work */
export const start = (run = ''): Cursor => ({ version: -1, eventsEra: -1, events: 0, run, era: -1, rows: 0 });

export interface Follower {
  /** Reads what is new in all runs. Looks for events in them, too, as far as `budget` allows, in milliseconds; what is left is for the next look. */
  look(budget?: number): void;
  /** What a page does not know yet; null if there is nothing. */
  since(cursor: Cursor): { readonly message: Message; readonly cursor: Cursor } | null;
}

interface Followed {
  readonly live: LiveRun;
  /** The version at which it last changed. */
  changed: number;
  /** When events may be looked for again, so that this takes a twentieth of the time at most. */
  due: number;
}

/** Rows of one message. */
const mostRows = 20_000;

/** Events that are kept. */
const mostEvents = 2000;

/**
 * Follows the runs of a folder: an experiment's, a run's, or one that holds those. Only what has grown is read.
 * @param clock milliseconds
 */
export function createFollower(folder: string, clock: () => number = () => performance.now()): Follower {
  const scan = createScanner(folder);
  const title = basename(resolve(folder));
  const runs = new Map<string, Followed>();
  let order: string[] = [];
  let version = 0;
  /** The version at which the list of runs last changed. */
  let listed = 0;
  let events: LiveEvent[] = [];
  let eventsEra = 0;

  const withoutEventsOf = (run: string): void => {
    const left = events.filter((event) => event.run !== run);
    if (left.length === events.length) return;
    events = left;
    eventsEra++;
  };

  const scanRuns = (): void => {
    const found = scan();
    const names = found.map(({ run }) => run);
    if (names.join('\n') === order.join('\n')) return;
    for (const each of found)
      if (!runs.has(each.run)) runs.set(each.run, { live: createLiveRun(each), changed: version, due: 0 });
    for (const gone of order)
      if (!names.includes(gone)) {
        runs.delete(gone);
        withoutEventsOf(gone);
      }
    order = names;
    listed = version;
  };

  const detectIn = (budget: number): void => {
    const began = clock();
    for (const followed of runs.values()) {
      const now = clock();
      if (now - began > budget) return;
      const { live } = followed;
      const ended = live.summary.status !== 'running';
      if (!live.undetected || (now < followed.due && !ended)) continue;
      events.push(...live.detect());
      followed.due = clock() + 20 * (clock() - now);
    }
    if (events.length > mostEvents) {
      events = events.slice(-mostEvents / 2);
      eventsEra++;
    }
  };

  /** The run at work, or the first. */
  const preferred = (): string => {
    const first = (test: (live: LiveRun) => boolean) => order.find((run) => test(runs.get(run)!.live));
    return first(({ summary }) => summary.status === 'running') ?? first(({ curve }) => curve !== null) ?? '';
  };

  const rowsSince = ({ live }: Followed, cursor: Cursor): CurveRows | null => {
    const { curve, era } = live;
    if (curve === null) return null;
    const rows = curve.steps.length;
    const from = era === cursor.era && cursor.rows <= rows ? cursor.rows : 0;
    if (from === rows && era === cursor.era) return null;
    const to = Math.min(rows, from + mostRows);
    return {
      run: live.summary.run,
      tasks: curve.tasks,
      from,
      steps: curve.steps.slice(from, to),
      training: curve.training.slice(from, to),
      values: curve.values.map((column) =>
        column.slice(from, to).map((value) => (Number.isNaN(value) ? null : Math.round(value * 1e5) / 1e5)),
      ),
    };
  };

  return {
    look(budget = 250) {
      version++;
      scanRuns();
      for (const followed of runs.values()) {
        const { changed, anew } = followed.live.look();
        if (changed) followed.changed = version;
        if (anew) withoutEventsOf(followed.live.summary.run);
      }
      detectIn(budget);
    },
    since(cursor) {
      const whole = cursor.version < listed;
      const changed = order.map((run) => runs.get(run)!).filter((each) => whole || each.changed > cursor.version);
      const anew = cursor.eventsEra !== eventsEra || cursor.events > events.length;
      const fresh = anew ? events : events.slice(cursor.events);
      const run = cursor.run === '' ? preferred() : cursor.run;
      const shown = runs.get(run);
      const curve = shown ? rowsSince(shown, cursor) : null;
      if (!whole && changed.length === 0 && !anew && fresh.length === 0 && curve === null) return null;
      return {
        message: { title, whole, runs: changed.map(({ live }) => live.summary), anew, events: fresh, curve },
        cursor: {
          version,
          eventsEra,
          events: events.length,
          run,
          era: curve ? shown!.live.era : cursor.era,
          rows: curve ? curve.from + curve.steps.length : cursor.rows,
        },
      };
    },
  };
}
