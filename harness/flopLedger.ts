import type { Engine, Program, ProductRole } from '../engine/index.ts';
import type { Model, Sparsity, State } from '../methods/index.ts';

/** Operations of the products that go through weights of layers, by what they are for. */
export interface LayerFlops {
  readonly forward: number;
  readonly inputGradient: number;
  readonly weightGradient: number;
}

/** What a learner has computed so far. */
export interface FlopLedger {
  /** All operations; null if the engine cannot count those of a program. */
  readonly total: number | null;
  /** Those of layers, as they were executed: masked weights count like others. Null as `total`. */
  readonly layers: LayerFlops | null;
  /** Those of layers, each product times the density that its layer had then. Null as `total`. */
  readonly sparse: LayerFlops | null;
  /** Books one run of a program, by the sparsity of this moment. */
  add(program: MeteredProgram): void;
  /** From now on layers are as sparse as this says; until then they are dense. */
  follow(sparsity: () => Sparsity | undefined): void;
  /**
   * Does what a prediction needs. It is no training, and not booked, but for programs that compute gradients of weights: a method may train when a
   * prediction is asked for.
   */
  preparing<T>(work: () => Promise<T>): Promise<T>;
  state(): State;
  /** @param state null where what was computed before is not known, so that nothing will be told */
  restore(state: State | null): void;
}

const roles: Readonly<Record<ProductRole, keyof LayerFlops>> = {
  forward: 'forward',
  'input-gradient': 'inputGradient',
  'weight-gradient': 'weightGradient',
};

/** What the ledger takes of a program. */
export interface MeteredProgram {
  readonly flops: number | null;
  readonly products: readonly MeteredProduct[] | null;
  /** Whether it computes the gradient of a weight. */
  readonly trains: boolean;
  /** Sums of its products. */
  readonly dense: LayerFlops;
}

interface MeteredProduct {
  readonly role: keyof LayerFlops;
  /** By which a weight may go: its path, and the path without the groups that it lies in. */
  readonly names: readonly string[];
  readonly flops: number;
}

export function metered({ flops, products }: Pick<Program, 'flops' | 'products'>): MeteredProgram {
  const list = products?.map(({ weight, role, flops: each }) => ({
    role: roles[role],
    names: namesOf(weight),
    flops: each,
  }));
  return {
    flops,
    products: list ?? null,
    trains: list?.some(({ role }) => role === 'weightGradient') ?? false,
    dense: sumOf(list ?? [], () => 1),
  };
}

/** `a/b/weight`, `b/weight`, `weight`. */
function namesOf(path: string): string[] {
  const keys = path.split('/');
  return keys.map((_, i) => keys.slice(i).join('/'));
}

function sumOf(products: readonly MeteredProduct[], share: (product: MeteredProduct) => number): LayerFlops {
  const sums = { forward: 0, inputGradient: 0, weightGradient: 0 };
  for (const product of products) sums[product.role] += share(product) * product.flops;
  return sums;
}

/** Products times the densities of their layers: those of the weights, and for gradients of weights those of the gradients. */
export function sparseSum({ products, dense }: MeteredProgram, sparsity?: Sparsity): LayerFlops {
  if (!sparsity || !products) return dense;
  const { weights, gradients = {} } = sparsity;
  return sumOf(products, ({ role, names }) => {
    const name = names.find((each) => each in weights || each in gradients);
    if (name === undefined) return 1;
    return (role === 'weightGradient' ? gradients[name] : undefined) ?? weights[name] ?? 1;
  });
}

export function createFlopLedger(): FlopLedger {
  const nothing: LayerFlops = { forward: 0, inputGradient: 0, weightGradient: 0 };
  let total: number | null = 0;
  let layers: LayerFlops | null = nothing;
  let sparse: LayerFlops | null = nothing;
  let preparing = false;
  let sparsity: () => Sparsity | undefined = () => undefined;
  return {
    get total() {
      return total;
    },
    get layers() {
      return layers;
    },
    get sparse() {
      return sparse;
    },
    follow(source) {
      sparsity = source;
    },
    add(program) {
      if (preparing && !program.trains) return;
      const known = program.products !== null;
      total = total === null || program.flops === null ? null : total + program.flops;
      layers = layers && known ? plus(layers, program.dense) : null;
      sparse = sparse && known ? plus(sparse, sparseSum(program, sparsity())) : null;
    },
    async preparing(work) {
      preparing = true;
      try {
        return await work();
      } finally {
        preparing = false;
      }
    },
    state: () => ({ total, layers: layers && { ...layers }, sparse: sparse && { ...sparse } }),
    restore(state) {
      total = (state?.total ?? null) as number | null;
      layers = (state?.layers ?? null) as LayerFlops | null;
      sparse = (state?.sparse ?? null) as LayerFlops | null;
    },
  };
}

function plus(a: LayerFlops, b: LayerFlops): LayerFlops {
  return {
    forward: a.forward + b.forward,
    inputGradient: a.inputGradient + b.inputGradient,
    weightGradient: a.weightGradient + b.weightGradient,
  };
}

/** The engine as a learner gets it: every run of a program that it compiles is booked, by the sparsity from before the run. */
export function meteredEngine(engine: Engine, ledger: FlopLedger): Engine {
  return {
    ...engine,
    async compile(name, fn, inputs, options) {
      const program = await engine.compile(name, fn, inputs, options);
      const entry = metered(program);
      const run: typeof program.run = (feeds, into) => {
        ledger.add(entry);
        return program.run(feeds, into);
      };
      // A program may know its results after its first run only, so they are not copied.
      return Object.create(program, { run: { value: run, enumerable: true } }) as typeof program;
    },
  };
}

/** A model whose preparations are booked as such. */
export function meteredModel(model: Model, ledger: FlopLedger): Model {
  const prepare = model.prepare?.bind(model);
  return prepare ? { ...model, prepare: () => ledger.preparing(prepare) } : model;
}
