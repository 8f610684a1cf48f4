import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A web server on this machine that stands in for a mirror. */
export interface Mirror {
  /** Ends in a slash. */
  readonly address: string;
  /** The `Range` header of every request so far, `''` where it had none. */
  readonly ranges: string[];
  close(): void;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Starts a mirror. Its n-th request gets the n-th answer, all later ones the last. */
export async function startMirror(...answers: Answer[]): Promise<Mirror> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(ranges.length, answers.length - 1)];
    ranges.push(request.headers.range ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ranges,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Serves `content`, or the part of it that is asked for. */
export function serve(content: Uint8Array): Answer {
  return (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = `bytes ${start}-${content.length - 1}/${content.length}`;
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': content.length - start,
      ...(start > 0 && { 'content-range': range }),
    });
    response.end(content.subarray(start));
  };
}

/** Serves `content` whole, whatever part is asked for. */
export function serveWhole(content: Uint8Array): Answer {
  return (_, response) => response.writeHead(200, { 'content-length': content.length }).end(content);
}

/** Promises `content`, sends its first `count` bytes and hangs up. */
export function cutAfter(content: Uint8Array, count: number): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, count), () => setTimeout(() => response.destroy(), 20));
  };
}

/** Sends `content` in four pieces, `pause` milliseconds apart, without saying how long it is. */
export function trickle(content: Uint8Array, pause: number): Answer {
  return async (_, response) => {
    const quarter = Math.ceil(content.length / 4);
    for (let start = 0; start < content.length; start += quarter) {
      response.write(content.subarray(start, start + quarter));
      await sleep(pause);
    }
    response.end();
  };
}

/** Promises `content`, sends its first `count` bytes and falls silent. */
export function stallAfter(content: Uint8Array, count: number): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, count));
  };
}

/** Answers with an HTTP status and a page of text. */
export function status(code: number): Answer {
  return (_, response) => response.writeHead(code).end('<html>no</html>');
}
