export { meanPassAtK, passAtK, type Tally } from './pass-at-k.ts';
