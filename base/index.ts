export { UserError, codeOf, messageOf, unknownName } from './errors.ts';
export { writeFileAtomic } from './files.ts';
export { packageRoot, packageVersion } from './package.ts';
export { parseWith } from './validate.ts';
export { createRng, type Rng, type RngState } from './rng.ts';
