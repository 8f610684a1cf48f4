import { createRng, type Rng } from '../../../base/index.ts';

/** A generator that gives these numbers from `uniform` and these from `integer`, one after the other, and fails when it runs dry. */
export function scripted(draws: { readonly uniform?: number[]; readonly integer?: number[] }): Rng {
  const next =
    (list: number[] | undefined, name: string) =>
    (bound = 1) => {
      const value = list?.shift();
      if (value === undefined) throw new Error(`no more draws of ${name}`);
      if (!(value >= 0 && value < bound)) throw new Error(`draw of ${name} is not in [0, ${bound})`);
      return value;
    };
  return { ...createRng(1), uniform: next(draws.uniform, 'uniform'), integer: next(draws.integer, 'integer') };
}
