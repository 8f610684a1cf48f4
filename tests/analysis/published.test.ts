import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { publishedFolder, publishedPage } from '../../tools/publishedPage.ts';

test('docs/published-iterations is what npm run docs:published writes', async () => {
  expect(readFileSync(join(publishedFolder, 'README.md'), 'utf8')).toBe(await publishedPage());
});
