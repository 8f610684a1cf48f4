import { join } from 'node:path';
import { packageRoot } from '../base/index.ts';
import { methodOf } from './publishedNumbers.ts';
import type { Target } from './targets.ts';

/** Every method with targets: the path of its page, and the targets. */
export function pagesOf(targets: readonly Target[]): { path: string; targets: Target[] }[] {
  const names = [...new Set(targets.map(methodOf))];
  return names.map((name) => ({
    path: join(packageRoot, 'docs', 'methods', `${name}.md`),
    targets: targets.filter((target) => methodOf(target) === name),
  }));
}
