/** A request, as far as it matters here. */
export interface Asked {
  readonly method: string;
  /** As it stands in the request line: nothing is decoded, so that nothing can be disguised. */
  readonly target: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A file of the page, or the stream of news about a run. */
export type Route =
  | { readonly kind: 'asset'; readonly path: string }
  | { readonly kind: 'events'; readonly run: string; readonly lastId: string }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string };

const longestTarget = 2048;

const refused = (status: number, why: string): Route => ({ kind: 'refused', status, why });

/**
 * What to answer. Only requests that name this computer and this port as their host are answered: a page elsewhere whose name was made to lead here (DNS rebinding)
 * names itself. The stream is refused to pages of other origins, too.
 *
 * @param assets the paths of the page's files: nothing else is ever served
 * @example `GET /app.js` with `Host: 127.0.0.1:8000` is the asset `/app.js`; `/../package.json` is 404
 */
export function routeOf({ method, target, headers }: Asked, port: number, assets: ReadonlySet<string>): Route {
  const hosts = ['127.0.0.1', 'localhost'].flatMap((name) =>
    port === 80 ? [name, `${name}:80`] : [`${name}:${port}`],
  );
  const { host, origin } = headers;
  if (typeof host !== 'string' || !hosts.includes(host.toLowerCase())) return refused(403, 'wrong host');
  if (method !== 'GET' && method !== 'HEAD') return refused(405, 'only GET and HEAD');
  if (target.length > longestTarget) return refused(414, 'too long');
  if (!target.startsWith('/')) return refused(400, 'must be a path');
  const [path, query = ''] = split(target);
  if (assets.has(path)) return { kind: 'asset', path };
  if (path !== '/events') return refused(404, 'not found');
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return refused(403, 'another origin');
  if (origin !== undefined && !hosts.some((each) => origin === `http://${each}`)) return refused(403, 'another origin');
  const lastId = headers['last-event-id'];
  return {
    kind: 'events',
    run: new URLSearchParams(query).get('run') ?? '',
    lastId: typeof lastId === 'string' ? lastId : '',
  };
}

function split(target: string): [string, string?] {
  const at = target.indexOf('?');
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)];
}

/** Sent with everything. The page may load what is served here, and nothing else. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};
