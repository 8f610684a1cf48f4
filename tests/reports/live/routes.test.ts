import { expect, test } from 'vitest';
import { routeOf, type Asked } from '../../../reports/live/routes.ts';

const assets = new Set(['/', '/app.js']);
const ask = (change: Partial<Asked>, port = 8000) =>
  routeOf({ method: 'GET', target: '/', headers: { host: `127.0.0.1:${port}` }, ...change }, port, assets);
const host = (name: string | undefined) => ({ headers: { host: name } });

test.each(['127.0.0.1:8000', 'localhost:8000', 'LOCALHOST:8000'])('the host %s is this server', (name) => {
  expect(ask(host(name))).toEqual({ kind: 'asset', path: '/' });
});

test.each([
  undefined,
  '',
  'evil.example',
  'evil.example:8000',
  '127.0.0.1',
  '127.0.0.1:8001',
  'localhost:80',
  '127.0.0.1:8000.evil.example',
  '127.0.0.1:8000@evil.example',
  'localhost.:8000',
  '0.0.0.0:8000',
  '[::1]:8000',
  '127.0.0.2:8000',
  ' 127.0.0.1:8000',
])('the host %s is refused', (name) => {
  expect(ask(host(name))).toMatchObject({ kind: 'refused', status: 403 });
});

test('on port 80 the host has no port', () => {
  expect(ask(host('localhost'), 80)).toMatchObject({ kind: 'asset' });
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'get', ''])('%s is refused', (method) => {
  expect(ask({ method })).toMatchObject({ kind: 'refused', status: 405 });
});

test('HEAD is answered as GET is', () => {
  expect(ask({ method: 'HEAD', target: '/app.js' })).toEqual({ kind: 'asset', path: '/app.js' });
});

const targets: Readonly<Record<string, number>> = {
  '/../package.json': 404,
  '/%2e%2e/package.json': 404,
  '/..%2fpackage.json': 404,
  '/./app.js': 404,
  '//app.js': 404,
  '/app.js/': 404,
  '/APP.JS': 404,
  '/app%2ejs': 404,
  '/app.js%00': 404,
  '/app.js#top': 404,
  '/package.json': 404,
  '/run.json': 404,
  '/etc/passwd': 404,
  '/events/': 404,
  '\\..\\package.json': 400,
  'app.js': 400,
  '': 400,
  '*': 400,
  'http://127.0.0.1:8000/app.js': 400,
  'http://evil.example/': 400,
  'file:///etc/passwd': 400,
  [`/${'a'.repeat(2048)}`]: 414,
  [`/events?run=${'a'.repeat(2048)}`]: 414,
};

test.each(Object.entries(targets))('the target %.60s is answered with %i', (target, status) => {
  expect(ask({ target })).toMatchObject({ kind: 'refused', status });
});

test('the stream has its run from the query, and where it was left from the header', () => {
  const headers = {
    host: 'localhost:8000',
    'last-event-id': 'x.1',
    origin: 'http://localhost:8000',
    'sec-fetch-site': 'same-origin',
  };
  expect(ask({ target: '/events?run=er%2B%2B%2F..-seed1', headers })).toEqual({
    kind: 'events',
    run: 'er++/..-seed1',
    lastId: 'x.1',
  });
  expect(ask({ target: '/events' })).toEqual({ kind: 'events', run: '', lastId: '' });
  expect(ask({ target: '/events?%' })).toMatchObject({ kind: 'events', run: '' });
});

test.each([
  { origin: 'http://evil.example' },
  { origin: 'null' },
  { origin: 'https://localhost:8000' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
])('the stream is refused to a page of another origin: %o', (headers) => {
  expect(ask({ target: '/events', headers: { host: 'localhost:8000', ...headers } })).toMatchObject({ status: 403 });
});
