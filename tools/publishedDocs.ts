/** @file `npm run docs:published`: writes docs/published-iterations/README.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedFolder, publishedPage } from './publishedPage.ts';

writeFileSync(join(publishedFolder, 'README.md'), await publishedPage());
