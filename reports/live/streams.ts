import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { start, type Cursor, type Follower } from './follower.ts';

/** The pages that listen. */
export interface Streams {
  /** Begins to tell a page all that it does not know. False if there are too many pages already: then the answer is left to the caller. */
  open(response: ServerResponse, run: string, lastId: string): boolean;
  /** Tells every page what is new; one that is still busy with what it was sent is told later. */
  tell(): void;
  close(): void;
}

/** Milliseconds without news after which a page is sent an empty line, so that a connection that is gone is noticed. */
const heartbeat = 15_000;

/**
 * Server-sent events. The id of each tells how far the page has been told, so that one that comes back after a break goes on from there; the id of another server is
 * no use, and is answered with all there is.
 *
 * @param most pages at the same time
 * @param clock milliseconds
 */
export function createStreams(follower: Follower, most = 32, clock: () => number = () => performance.now()): Streams {
  const boot = randomBytes(6).toString('hex');
  const pages = new Map<ServerResponse, { cursor: Cursor; busy: boolean; spoken: number }>();

  const tellOne = (response: ServerResponse): void => {
    const page = pages.get(response)!;
    if (page.busy) return;
    const news = follower.since(page.cursor);
    if (!news && clock() - page.spoken < heartbeat) return;
    page.spoken = clock();
    if (news) page.cursor = news.cursor;
    page.busy = !response.write(
      news ? `id: ${idOf(boot, news.cursor)}\ndata: ${JSON.stringify(news.message)}\n\n` : ':\n\n',
    );
  };

  return {
    open(response, run, lastId) {
      if (pages.size >= most) return false;
      const known = cursorOf(boot, lastId);
      const cursor = known && (run === '' || run === known.run) ? known : start(run);
      pages.set(response, { cursor, busy: false, spoken: -Infinity });
      const forget = (): void => void pages.delete(response);
      response.on('close', forget);
      // A page that went away in the middle of a message.
      response.on('error', forget);
      response.on('drain', () => {
        const page = pages.get(response);
        if (page) page.busy = false;
      });
      response.write('retry: 2000\n\n');
      tellOne(response);
      return true;
    },
    tell() {
      for (const response of pages.keys()) tellOne(response);
    },
    close() {
      for (const response of pages.keys()) response.end();
      pages.clear();
    },
  };
}

/** @example `3f2a….12.0.4.1.560.er-seed1` */
function idOf(boot: string, { version, eventsEra, events, era, rows, run }: Cursor): string {
  return [boot, version, eventsEra, events, era, rows, encodeURIComponent(run)].join('.');
}

/** Null for the id of another server, and for anything that is none. */
function cursorOf(boot: string, id: string): Cursor | null {
  const [, own, version, eventsEra, events, era, rows, run] =
    /^([0-9a-f]{12})\.(-?\d{1,15})\.(-?\d{1,15})\.(\d{1,15})\.(-?\d{1,15})\.(\d{1,15})\.([^\s]*)$/.exec(id) ?? [];
  if (own !== boot) return null;
  try {
    const [v, ee, e, r, n] = [version, eventsEra, events, era, rows].map(Number);
    return { version: v, eventsEra: ee, events: e, era: r, rows: n, run: decodeURIComponent(run) };
  } catch {
    return null;
  }
}
