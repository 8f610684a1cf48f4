import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { createSampleBuilder } from '../../../logs/index.ts';
import { alarmKinds, monitorSamples } from '../../../metrics/index.ts';

const page = readFileSync(join(packageRoot, 'docs/monitor.md'), 'utf8');

it('docs/monitor.md names every function of the monitor', () => {
  const index = readFileSync(join(packageRoot, 'metrics/index.ts'), 'utf8');
  const exported = [...index.matchAll(/^export \{([^}]*)\} from '\.\/monitor\//gm)].flatMap(([, list]) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ')),
  );
  expect(exported.length).toBeGreaterThan(20);
  // A list of the kinds, each of which is named.
  expect(exported.filter((name) => name !== 'alarmKinds' && !page.includes(`\`${name}`))).toEqual([]);
  expect(alarmKinds.filter((kind) => !page.includes(`**Alarm \`${kind}\`**`))).toEqual([]);
});

it('the example of docs/monitor.md prints what the page says', () => {
  const [, code, output] = /```ts\n(.*?)```\n\n```text\n(.*?)```/s.exec(page)!;
  const printed: string[] = [];
  const scope = { createSampleBuilder, monitorSamples, console: { log: (line: string) => printed.push(line) } };
  new Function(...Object.keys(scope), code.replaceAll(/^import .*$/gm, ''))(...Object.values(scope));
  expect(`${printed.join('\n')}\n`).toBe(output);
});

it('links within docs/monitor.md lead somewhere', () => {
  const anchors = new Set(
    [...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
  const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});
