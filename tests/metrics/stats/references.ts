import { readFileSync } from 'node:fs';
import type { Alternative } from '../../../metrics/index.ts';

type Sides = Record<Alternative, number>;
type Rows = [number, ...number[]][];

/** What scipy, mpmath, statsmodels, rliable, pingouin and scikit-posthocs compute; references.py made it and names their versions. */
interface References {
  readonly tails: Record<string, Rows>;
  readonly quantiles: Record<string, Rows>;
  readonly wilcoxon: {
    readonly differences: number[];
    readonly zeros: 'wilcox' | 'pratt' | 'zsplit';
    readonly wPlus: number;
    readonly normal: Sides;
    readonly continuity: Sides;
    readonly exact?: Sides;
  }[];
  readonly mannWhitney: {
    readonly first: number[];
    readonly second: number[];
    readonly u1: number;
    readonly normal: Sides;
    readonly continuity: Sides;
    readonly exact?: Sides;
    readonly rankBiserial: number;
  }[];
  readonly friedman: {
    readonly scores: number[][];
    readonly averageRanks: number[];
    readonly chiSquare: number;
    readonly p: number;
    readonly nemenyi: number[][];
  }[];
  readonly paired: {
    readonly differences: number[];
    readonly t: number;
    readonly p: Sides;
    readonly interval: [number, number];
    readonly sem: number;
    readonly dz: number;
    readonly rankBiserial: number;
  }[];
  readonly welch: { first: number[]; second: number[]; t: number; df: number; p: number }[];
  readonly mcnemar: { b: number; c: number; exact: number; chiSquare: number; p: number }[];
  readonly holm: { p: number[]; adjusted: number[] }[];
  readonly theilSen: { x: number[]; y: number[]; slope: number; even: number }[];
  readonly rliable: {
    readonly first: number[][];
    readonly second: number[][];
    readonly thresholds: number[];
    readonly iqm: number;
    readonly iqms: number[];
    readonly optimalityGap: number;
    readonly optimalityGapHalf: number;
    readonly improvement: number;
    readonly profile: number[];
    readonly iqmInterval: [number, number];
    readonly improvementInterval: [number, number];
    readonly band: [number[], number[]];
  };
  readonly bootstrap: { samples: number[][]; percentile: [number, number]; bca: [number, number] }[];
}

export const references: References = JSON.parse(readFileSync(new URL('references.json', import.meta.url), 'utf8'));

export const sides: readonly Alternative[] = ['two-sided', 'greater', 'less'];
