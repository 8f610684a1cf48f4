import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { basename, resolve } from 'node:path';
import { UserError, codeOf, messageOf } from '../../base/index.ts';
import { readAssets } from './assets.ts';
import { createFollower } from './follower.ts';
import { routeOf, securityHeaders } from './routes.ts';
import { createStreams } from './streams.ts';

export interface LiveServer {
  readonly port: number;
  /** Such as `http://127.0.0.1:41234/`. */
  readonly url: string;
  /** Ends all connections. */
  close(): Promise<void>;
}

export interface LiveOptions {
  /** 0 for one that is free. */
  readonly port?: number;
  /** Milliseconds between two looks. */
  readonly interval?: number;
  /** Pages at the same time. */
  readonly pages?: number;
}

const address = '127.0.0.1';

/**
 * Serves a page that follows the runs of a folder: an experiment's, a run's, or one that holds those. It listens on 127.0.0.1 alone and changes nothing.
 * @throws {UserError} for a folder that does not exist, and for a port that is taken
 * @example const { url, close } = await serveLive('runs/demo');
 */
export async function serveLive(
  folder: string,
  { port = 0, interval = 1000, pages = 32 }: LiveOptions = {},
): Promise<LiveServer> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(
      `${folder} is no folder; name that of a run, of an experiment, or one in which experiments are or will be`,
    );
  const assets = readAssets(basename(resolve(folder)));
  const paths = new Set(assets.keys());
  const follower = createFollower(folder);
  const streams = createStreams(follower, pages);
  let bound = port;

  const refuse = (response: ServerResponse, status: number, why: string): void => {
    const allow = status === 405 ? { Allow: 'GET, HEAD' } : {};
    response.writeHead(status, { ...securityHeaders, ...allow, 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(`${why}\n`);
  };

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => undefined);
    const { method = '', url: target = '', headers } = request;
    const route = routeOf({ method, target, headers }, bound, paths);
    if (route.kind === 'refused') return refuse(response, route.status, route.why);
    if (route.kind === 'asset') {
      const { type, content } = assets.get(route.path)!;
      response.writeHead(200, {
        ...securityHeaders,
        'Content-Type': type,
        'Content-Length': Buffer.byteLength(content),
      });
      response.end(method === 'HEAD' ? undefined : content);
      return;
    }
    const head = { ...securityHeaders, 'Content-Type': 'text/event-stream; charset=utf-8' };
    if (method === 'HEAD') {
      response.writeHead(200, head).end();
      return;
    }
    response.statusCode = 200;
    for (const [name, value] of Object.entries(head)) response.setHeader(name, value);
    if (!streams.open(response, route.run, route.lastId)) refuse(response, 503, `${pages} pages are open already`);
  };

  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, answer);
  server.maxConnections = pages + 64;
  // What is no HTTP, or a connection that broke.
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((done, fail) => {
    server.once('error', (error) => fail(portError(error, port)));
    server.listen(port, address, done);
  });
  const own = server.address();
  bound = typeof own === 'object' && own !== null ? own.port : port;

  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    follower.look();
    streams.tell();
    // From end to start, so that looks that take long leave time for requests.
    timer = setTimeout(look, interval);
  };
  look();
  return {
    port: bound,
    url: `http://${address}:${bound}/`,
    close: () =>
      new Promise((done) => {
        clearTimeout(timer);
        streams.close();
        server.close(() => done());
        // Streams get the time to say that they end; connections that browsers keep open do not.
        setTimeout(() => server.closeAllConnections(), 100).unref();
        server.closeIdleConnections();
      }),
  };
}

function portError(error: Error, port: number): Error {
  if (codeOf(error) === 'EADDRINUSE')
    return new UserError(`--port: ${port} is in use; choose another, or 0 for one that is free`, { cause: error });
  if (codeOf(error) === 'EACCES')
    return new UserError(`--port: ${port} is not allowed; choose one above 1023, or 0 for one that is free`, {
      cause: error,
    });
  return new UserError(`cannot listen on ${address}: ${messageOf(error)}`, { cause: error });
}
