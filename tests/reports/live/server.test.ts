import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { Message } from '../../../reports/live/messages.ts';
import { serveLive, type LiveOptions, type LiveServer } from '../../../reports/live/server.ts';
import { growing } from './growing.ts';

const servers: LiveServer[] = [];
const serve = async (folder: string, options: LiveOptions = {}): Promise<LiveServer> => {
  const server = await serveLive(folder, { interval: 20, ...options });
  servers.push(server);
  return server;
};
afterAll(() => Promise.all(servers.map((server) => server.close())));

interface Stream {
  readonly status: number;
  readonly messages: { readonly id: string; readonly message: Message }[];
  /** Waits for a message that fits. */
  until(fits: (message: Message) => boolean): Promise<Message>;
  readonly ended: Promise<void>;
  destroy(): void;
}

/** A reader of server-sent events that shares no code with the server. */
function listen({ port }: LiveServer, path = '/events', headers: Record<string, string> = {}): Promise<Stream> {
  return new Promise((done, fail) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response: IncomingMessage) => {
      const messages: Stream['messages'] = [];
      let text = '';
      response.on('data', (data: Buffer) => {
        text += data.toString();
        const blocks = text.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) {
          const [, id, data_] = /^id: (.*)\ndata: (.*)$/.exec(block) ?? [];
          if (id !== undefined) messages.push({ id, message: JSON.parse(data_) as Message });
        }
      });
      response.on('error', () => undefined);
      done({
        status: response.statusCode!,
        messages,
        async until(fits) {
          for (let i = 0; i < 500; i++) {
            const found = messages.find(({ message }) => fits(message));
            if (found) return found.message;
            await pause(10);
          }
          throw new Error(`no such message among ${JSON.stringify(messages).slice(0, 2000)}`);
        },
        ended: new Promise((end) => response.on('close', end)),
        destroy: () => response.destroy(),
      });
    });
    asked.on('error', fail);
    asked.end();
  });
}

/** What is answered to bytes that no client library would send. */
function raw({ port }: LiveServer, text: string): Promise<string> {
  return new Promise((done) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => done(answer));
  });
}

test('rows that are appended arrive, and only those', async () => {
  const { folder, begin, grow, end } = growing();
  begin('er-seed1');
  grow('er-seed1', 3);
  const server = await serve(folder);
  const stream = await listen(server);
  const first = await stream.until(({ curve }) => curve !== null);
  expect(first).toMatchObject({ whole: true, curve: { run: 'er-seed1', from: 0, steps: [0, 1] } });
  grow('er-seed1', 2);
  expect((await stream.until(({ curve }) => curve?.from === 2)).curve!.steps).toEqual([2, 3]);
  end('er-seed1');
  await stream.until(({ runs }) => runs.some(({ status }) => status === 'complete'));
  // A new run is picked up, and what another run writes is no row of this one.
  begin('er-seed2');
  grow('er-seed2', 10);
  await stream.until(({ runs }) => runs.some(({ run, done }) => run === 'er-seed2' && done > 0));
  expect(stream.messages.flatMap(({ message }) => message.curve?.steps ?? [])).toEqual([0, 1, 2, 3]);
  stream.destroy();
});

test('a page that comes back goes on from where it was; with another id it is told all', async () => {
  const { folder, begin, grow } = growing();
  begin('er-seed1');
  grow('er-seed1', 5);
  const server = await serve(folder);
  const before = await listen(server);
  await before.until(({ curve }) => curve?.steps.length === 4);
  const { id } = before.messages.at(-1)!;
  before.destroy();
  grow('er-seed1', 2);
  const after = await listen(server, '/events', { 'Last-Event-ID': id });
  expect((await after.until(({ curve }) => curve !== null)).curve).toMatchObject({ from: 4, steps: [4, 5] });
  after.destroy();
  for (const other of [id.replace(/^.{12}/, '000000000000'), 'nonsense', `${id}%`.replace(/[^.]*$/, '%')]) {
    const again = await listen(server, '/events', { 'Last-Event-ID': other });
    expect((await again.until(({ curve }) => curve !== null)).curve).toMatchObject({
      from: 0,
      steps: [0, 1, 2, 3, 4, 5],
    });
    again.destroy();
  }
});

test('pages beyond the limit are asked to come later, and a page that goes makes room', async () => {
  const { folder } = growing();
  const server = await serve(folder, { pages: 2 });
  const [first, second] = [await listen(server), await listen(server)];
  expect((await listen(server)).status).toBe(503);
  first.destroy();
  let status = 503;
  for (let i = 0; i < 100 && status === 503; i++) {
    await pause(10);
    const next = await listen(server);
    status = next.status;
    next.destroy();
  }
  expect(status).toBe(200);
  second.destroy();
});

test('requests that try to be clever get no file, and the server goes on', async () => {
  const { folder } = growing();
  const server = await serve(folder);
  const host = `Host: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`;
  const statusOf = async (text: string): Promise<string> =>
    /^HTTP\/1\.1 (\d+)/.exec(await raw(server, text))?.[1] ?? 'none';
  expect(await statusOf(`GET / HTTP/1.1\r\n${host}`)).toBe('200');
  for (const target of [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/experiment.json',
  ])
    expect(await statusOf(`GET ${target} HTTP/1.1\r\n${host}`), target).toBe('404');
  expect(await statusOf(`GET http://127.0.0.1:${server.port}/ HTTP/1.1\r\n${host}`)).toBe('400');
  expect(await statusOf(`GET /${'a'.repeat(5000)} HTTP/1.1\r\n${host}`)).toBe('414');
  expect(await statusOf(`POST / HTTP/1.1\r\nContent-Length: 2\r\n${host}{}`)).toBe('405');
  expect(await statusOf('GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')).toBe('403');
  expect(await statusOf('GET / HTTP/1.0\r\n\r\n')).toBe('403');
  expect(await statusOf(`CONNECT evil.example:443 HTTP/1.1\r\n${host}`)).toBe('none');
  expect(await statusOf('no http at all\r\n\r\n')).toBe('none');
  expect(await statusOf(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${host}`)).toBe('none');
  expect(await statusOf(`GET /app.js HTTP/1.1\r\n${host}`)).toBe('200');
});

test('every answer has the headers that keep the page to itself', async () => {
  const { folder } = growing();
  const { url } = await serve(folder);
  for (const [path, status, type] of [
    ['', 200, 'text/html; charset=utf-8'],
    ['app.js', 200, 'text/javascript; charset=utf-8'],
    ['uplot.js', 200, 'text/javascript; charset=utf-8'],
    ['app.css', 200, 'text/css; charset=utf-8'],
    ['no', 404, 'text/plain; charset=utf-8'],
    ['events', 200, 'text/event-stream; charset=utf-8'],
  ] as const) {
    const answer = await fetch(url + path, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')], path).toEqual([status, type]);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
  expect((await fetch(url, { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD');
});

test('only this computer can reach it', async () => {
  const { folder } = growing();
  const { port } = await serve(folder);
  // 127.0.0.2 is this computer, too, and would answer if the server listened everywhere.
  const answered = await new Promise((done) => {
    const socket = connect(port, '127.0.0.2', () => done(true));
    socket.on('error', () => done(false));
    socket.on('connect', () => socket.destroy());
  });
  expect(answered).toBe(false);
});

test('a port that is taken and a folder that is none are errors for people', async () => {
  const { folder } = growing();
  const { port } = await serve(folder);
  await expect(serve(folder, { port })).rejects.toThrow(
    `--port: ${port} is in use; choose another, or 0 for one that is free`,
  );
  await expect(serve(`${folder}/no`)).rejects.toThrow(/no is no folder; name that of a run/);
  await expect(serve(`${folder}/experiment.json`)).rejects.toThrow(/experiment\.json is no folder/);
});

test('closing ends the streams and lets go of the port', async () => {
  const { folder } = growing();
  const server = await serveLive(folder, { interval: 20 });
  const stream = await listen(server);
  await server.close();
  await stream.ended;
  await expect(listen(server)).rejects.toThrow(/ECONNREFUSED/);
});
