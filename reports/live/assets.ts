import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError, packageRoot } from '../../base/index.ts';
import { liveStyle } from './style.ts';
import { livePage } from './page.ts';

export interface Asset {
  readonly type: string;
  readonly content: string;
}

const scripts = ['app', 'chart', 'view', 'state', 'words'] as const;

/**
 * The page's files by path, read once: what is served is served from memory. Its scripts are those of `client/` as the build leaves them; uPlot's are read from its package.
 * @throws {UserError} where the build is missing
 */
export function readAssets(title: string): Map<string, Asset> {
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot/dist/uPlot.iife.min.js'));
  const built = join(packageRoot, 'dist', 'reports', 'live', 'client');
  const script = (file: string): Asset => ({ type: 'text/javascript; charset=utf-8', content: read(file) });
  const css = (content: string): Asset => ({ type: 'text/css; charset=utf-8', content });
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', content: livePage(title) }],
    ['/app.css', css(liveStyle)],
    ['/uplot.css', css(read(join(uplot, 'uPlot.min.css')))],
    ['/uplot.js', script(join(uplot, 'uPlot.iife.min.js'))],
    ...scripts.map((name): [string, Asset] => [`/${name}.js`, script(join(built, `${name}.js`))]),
  ]);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file} cannot be read; run npm run build`, { cause: error });
  }
}
