import { afterAll, describe, expect, test } from 'vitest';
import {
  analyze,
  float32,
  lossGradients,
  mapTensors,
  mlp,
  openEngine,
  resnet18,
  slimResnet18,
  smallCnn,
  tf,
  type Network,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Tensors,
  type WeightProduct,
} from '../../engine/index.ts';
import { asRows, createClassifier, rowSpecs } from '../../methods/index.ts';
import { squaredRowGradients } from '../../methods/shared/rowGradients.ts';

const rows = 6;

type Given = { readonly parameters: Tensors; readonly rows: { readonly x: Tensor }; readonly more: Tensors };
/** What a step makes of its gradients; handed out as they are unless given. */
type After = (gradients: Tensors, given: Given) => Tensors;

const specsOf = (network: Network, more: Readonly<Record<string, ReturnType<typeof float32>>>) => ({
  parameters: network.parameters,
  statistics: network.statistics,
  rows: {
    x: float32(
      rows,
      network.inputShape.reduce((size, extent) => size * extent, 1),
    ),
  },
  more,
});

/** The products of one training step, the loss being the mean square of what the network makes of its rows. */
function productsOfStep(
  network: Network,
  {
    change = (parameters) => parameters,
    after = (gradients) => gradients,
    more = {},
  }: {
    readonly change?: (parameters: Tensors, given: Given) => Tensors;
    readonly after?: After;
    readonly more?: Readonly<Record<string, ReturnType<typeof float32>>>;
  } = {},
): readonly WeightProduct[] {
  const step = (all: Given & { readonly statistics: Tensors }) => {
    const { loss, gradients } = lossGradients((p) => {
      const pass = { mode: 'train', statistics: all.statistics } as const;
      const logits = network.apply(change(p, all), all.rows.x as Tensor2D, pass);
      return { loss: tf.mean(tf.square(logits)) as Scalar };
    }, all.parameters);
    return { loss, gradients: after(gradients, all) };
  };
  return analyze('step', step as never, specsOf(network, more)).products;
}

/** `forward`, `input-gradient`, `weight-gradient` of each weight, a dash where it has none. */
function table(products: readonly WeightProduct[], prefix = 'parameters/'): Record<string, (number | null)[]> {
  const result: Record<string, (number | null)[]> = {};
  for (const { weight, role, flops } of products) {
    expect(weight.startsWith(prefix)).toBe(true);
    const row = (result[weight.slice(prefix.length)] ??= [null, null, null]);
    row[['forward', 'input-gradient', 'weight-gradient'].indexOf(role)] = flops;
  }
  return result;
}

/** By hand: all three products of a linear layer take 2·rows·in·out; the first layer's inputs need no gradient. */
const linear = (inputs: number, outputs: number, first = false): (number | null)[] => {
  const flops = 2 * rows * inputs * outputs;
  return [flops, first ? null : flops, flops];
};

/** By hand: all three products of a convolution take 2·rows·in·out·window for each pixel of its output. */
const convolution = (inputs: number, outputs: number, window: number, pixels: number, first = false) =>
  linear(inputs * window * pixels, outputs, first);

describe('a training step counts for each layer what is counted by hand', () => {
  test('perceptron', () => {
    const network = mlp({ inputs: 9, hidden: [5, 7], outputs: 3 });
    expect(table(productsOfStep(network))).toEqual({
      'hidden1/weight': linear(9, 5, true),
      'hidden2/weight': linear(5, 7),
      'output/weight': linear(7, 3),
    });
  });

  test('layers of one shape are told apart', () => {
    const network = mlp({ inputs: 6, hidden: [6, 6, 6], outputs: 6, bias: false });
    expect(table(productsOfStep(network))).toEqual({
      'hidden1/weight': linear(6, 6, true),
      'hidden2/weight': linear(6, 6),
      'hidden3/weight': linear(6, 6),
      'output/weight': linear(6, 6),
    });
  });

  test('a single row', () => {
    const network = mlp({ inputs: 4, hidden: [3], outputs: 2 });
    const step = (all: { parameters: Tensors; rows: { x: Tensor } }) => ({
      ...lossGradients(
        (p) => ({ loss: tf.sum(tf.square(network.apply(p, all.rows.x as Tensor2D))) as Scalar }),
        all.parameters,
      ),
    });
    const specs = { parameters: network.parameters, rows: { x: float32(1, 4) } };
    expect(table(analyze('row', step as never, specs).products)).toEqual({
      'hidden1/weight': [24, null, 24],
      'output/weight': [12, 12, 12],
    });
  });

  test('cosine head', () => {
    const network = mlp({ inputs: 9, hidden: [5], outputs: 3, head: 'cosine' });
    expect(table(productsOfStep(network))).toEqual({
      'hidden1/weight': linear(9, 5, true),
      'output/weight': linear(5, 3),
    });
  });

  // Few channels and many: the gradients of filters are computed in two ways, and so are those of their inputs.
  test.each([
    { channels: [3, 4], norm: 'none' },
    { channels: [12, 9], norm: 'none' },
    { channels: [4, 40], norm: 'batch' },
    { channels: [16, 8], norm: 'group' },
  ] as const)('small convolutional network, channels $channels, norm $norm', ({ channels, norm }) => {
    const network = smallCnn({ inputShape: [8, 4, 2], outputs: 3, channels, hidden: 5, norm });
    expect(table(productsOfStep(network))).toEqual({
      'conv1/weight': convolution(2, channels[0], 9, 32, true),
      'conv2/weight': convolution(channels[0], channels[1], 9, 8),
      'hidden1/weight': linear(2 * channels[1], 5),
      'output/weight': linear(5, 3),
    });
  });

  test.each([
    { named: 'slim ResNet-18', network: slimResnet18({ inputShape: [16, 16, 3], outputs: 10 }), extent: 16 },
    {
      named: 'ResNet-18 with group norm and a cosine head',
      network: resnet18({ inputShape: [8, 8, 1], outputs: 4, filters: 8, norm: 'group', head: 'cosine' }),
      extent: 8,
    },
  ])('$named: shortcuts, strides and layers of one shape in one stage', ({ network, extent }) => {
    const expected = network.layers.map(({ name, kind, inputs, outputs, kernel = [1, 1] }) => {
      const stage = Number(/^stage(\d)/.exec(name)?.[1] ?? 1);
      const pixels = kind === 'conv' ? (extent / 2 ** (stage - 1)) ** 2 : 1;
      return [`${name}/weight`, convolution(inputs, outputs, kernel[0] * kernel[1], pixels, name === 'stem')];
    });
    expect(table(productsOfStep(network))).toEqual(Object.fromEntries(expected));
  });
});

test('ResNet-18 on 32 × 32 images takes 1.111 GFLOPs a row, by which the FLOPs that SparCL (arXiv:2209.09476) reports come out', () => {
  const network = resnet18({ inputShape: [32, 32, 3], outputs: 10 });
  const products = productsOfStep(network);
  const total = (role: WeightProduct['role']) =>
    products.filter((product) => product.role === role).reduce((sum, { flops }) => sum + flops, 0) / rows;
  // By hand: 3 × 3 convolutions of four stages of 64, 128, 256, 512 channels on maps of 32², 16², 8², 4² pixels.
  const stage = (width: number, pixels: number) => (3.5 * width ** 2 * 9 + 0.5 * width ** 2) * pixels;
  const stem = 64 * 27 * 1024;
  const multiplyAdds = stem + 4 * 64 ** 2 * 9 * 1024 + stage(128, 256) + stage(256, 64) + stage(512, 16) + 5120;
  expect(total('forward')).toBe(2 * multiplyAdds);
  expect(total('forward') / 1e9).toBeCloseTo(1.111, 3);
  expect(total('weight-gradient')).toBe(2 * multiplyAdds);
  expect(total('input-gradient')).toBe(2 * (multiplyAdds - stem));
});

describe('a weight is known', () => {
  const network = mlp({ inputs: 9, hidden: [5], outputs: 3 });
  const whole = { 'hidden1/weight': linear(9, 5, true), 'output/weight': linear(5, 3) };

  test('masked by a product', () => {
    const more = { 'hidden1/weight': float32(9, 5), 'output/weight': float32(5, 3) };
    const change = (parameters: Tensors, given: Given) =>
      mapTensors(parameters, (tensor, name) => (name in more ? tf.mul(tensor, given.more[name]) : tensor));
    expect(table(productsOfStep(network, { change, more }))).toEqual(whole);
  });

  test('masked by a choice, and as what it becomes', () => {
    const more = { scores: float32(9, 5) };
    const change = (parameters: Tensors, given: Given) => ({
      ...parameters,
      'hidden1/weight': tf.where(tf.greater(given.more.scores, 0), parameters['hidden1/weight'], tf.zeros([9, 5])),
    });
    expect(table(productsOfStep(network, { change, more }))).toEqual(whole);
  });

  test('scaled by output, as batch norm does in inference mode', () => {
    const images = smallCnn({ inputShape: [4, 4, 1], outputs: 3, channels: [4], hidden: 5, norm: 'batch' });
    const { products } = analyze(
      'inference',
      ({ parameters, statistics, x }) => ({
        logits: images.apply(parameters, x as Tensor2D, { mode: 'inference', statistics }),
      }),
      { parameters: images.parameters, statistics: images.statistics, x: float32(rows, 16) },
    );
    expect(table(products)).toEqual({
      'conv1/weight': [convolution(1, 4, 9, 16)[0], null, null],
      'hidden1/weight': [linear(16, 5)[0], null, null],
      'output/weight': [linear(5, 3)[0], null, null],
    });
  });

  test('after an update of its own in the same program, which depends on the rows', () => {
    const { products } = analyze(
      'virtual',
      ({ parameters, rows: { x } }) => {
        const logits = (p: Tensors) => network.apply(p, x as Tensor2D);
        const { gradients } = lossGradients((p) => ({ loss: tf.mean(tf.square(logits(p))) as Scalar }), parameters);
        return { after: logits(mapTensors(parameters, (tensor, name) => tf.sub(tensor, gradients[name]))) };
      },
      { parameters: network.parameters, rows: { x: float32(rows, 9) } },
    );
    const twice = (row: (number | null)[]) => row.with(0, 2 * row[0]!);
    expect(table(products)).toEqual({
      'hidden1/weight': twice(whole['hidden1/weight']),
      'output/weight': twice(whole['output/weight']),
    });
  });

  test('as a teacher’s beside the learner’s, on the same rows', () => {
    const specs = { parameters: network.parameters, x: float32(rows, 9), teacher: network.parameters };
    const { products } = analyze(
      'distil',
      ({ parameters, x, teacher }) => {
        const told = network.apply(teacher, x as Tensor2D);
        const loss = (p: Tensors) => tf.mean(tf.squaredDifference(network.apply(p, x as Tensor2D), told)) as Scalar;
        return { gradients: lossGradients((p) => ({ loss: loss(p) }), parameters).gradients };
      },
      specs,
    );
    const [own, taught] = ['parameters', 'teacher'].map((group) =>
      table(
        products.filter(({ weight }) => weight.startsWith(group)),
        `${group}/`,
      ),
    );
    expect(own).toEqual(whole);
    expect(taught).toEqual({
      'hidden1/weight': [linear(9, 5)[0], null, null],
      'output/weight': [linear(5, 3)[0], null, null],
    });
  });

  test('though its own product is not computed: the gradient of a sum of logits does not need the logits', () => {
    const { products } = analyze(
      'gradient',
      ({ parameters, x, share }) => ({
        gradients: lossGradients(
          (p) => ({ loss: tf.sum(tf.mul(network.apply(p, x as Tensor2D), share)) as Scalar }),
          parameters,
        ).gradients,
      }),
      { parameters: network.parameters, x: float32(rows, 9), share: float32(3) },
    );
    expect(table(products)).toEqual({
      'hidden1/weight': linear(9, 5, true),
      'output/weight': linear(5, 3).with(0, null),
    });
  });

  test('where its rows are projected before the product, as gradient projection does', () => {
    const { products } = analyze(
      'projected',
      ({ weight, x, basis }) => {
        const [W, X, B] = [weight, x, basis] as Tensor2D[];
        const { gradients } = lossGradients(({ z }) => ({ loss: tf.sum(tf.square(tf.relu(z))) as Scalar }), {
          z: tf.matMul(X, W),
        });
        const off = tf.sub(X, tf.matMul(tf.matMul(X, B), B, false, true));
        return { gradient: tf.matMul(off, gradients.z as Tensor2D, true) };
      },
      { weight: float32(9, 5), x: float32(rows, 9), basis: float32(9, 2) },
    );
    expect(table(products, '')).toEqual({ weight: linear(9, 5, true) });
  });
});

describe('gradients of single rows, summed as squares', () => {
  const squares = (network: Network) => {
    const inputSize = network.inputShape.reduce((size, extent) => size * extent, 1);
    const stream = { scenario: 'class', inputSize, outputCount: 3, taskOutputs: [[0, 1, 2]] } as const;
    const classifier = createClassifier(network, stream);
    const { parameters, statistics } = network;
    return analyze('squares', (all) => squaredRowGradients(network, classifier, all.model, [asRows(all.rows)]), {
      model: { parameters, statistics },
      rows: rowSpecs(rows, inputSize),
    }).products;
  };

  test('of linear layers one product over all rows', () => {
    expect(table(squares(mlp({ inputs: 9, hidden: [5, 5], outputs: 3 })), 'model/parameters/')).toEqual({
      'hidden1/weight': linear(9, 5, true),
      'hidden2/weight': linear(5, 5),
      'output/weight': linear(5, 3),
    });
  });

  test('of convolutions one product for each row, of shortcuts, too', () => {
    const network = resnet18({ inputShape: [8, 8, 1], outputs: 3, filters: 2, norm: 'batch' });
    const counted = table(squares(network), 'model/parameters/');
    expect(Object.keys(counted).toSorted()).toEqual(network.layers.map(({ name }) => `${name}/weight`).toSorted());
    for (const [name, [forward, back, gradient]] of Object.entries(counted)) {
      expect(gradient, name).toBe(forward);
      expect(back, name).toBe(name === 'stem/weight' ? null : forward);
    }
  });

  test('of a cosine head two: the square of a difference is multiplied out', () => {
    expect(table(squares(mlp({ inputs: 9, hidden: [5], outputs: 3, head: 'cosine' })), 'model/parameters/')).toEqual({
      'hidden1/weight': linear(9, 5, true),
      'output/weight': linear(5, 3).with(2, 2 * linear(5, 3)[2]!),
    });
  });
});

test('products with bases, of rows with one another and of units with one another are of no layer', () => {
  const square = mlp({ inputs: 6, hidden: [6], outputs: 6, bias: false });
  const { products } = analyze(
    'more',
    ({ parameters, x, basis }) => {
      const { gradients } = lossGradients(
        (p) => ({ loss: tf.mean(tf.square(square.apply(p, x as Tensor2D))) as Scalar }),
        parameters,
      );
      const [W, G, B] = [parameters['output/weight'], gradients['output/weight'], basis] as Tensor2D[];
      // The same as in the network, so that it is computed once.
      const hidden: Tensor2D = tf.relu(tf.matMul(x as Tensor2D, parameters['hidden1/weight'] as Tensor2D));
      return {
        gradients,
        gram: tf.matMul(hidden, hidden, false, true),
        covariance: tf.matMul(hidden, hidden, true),
        rowsInBasis: tf.matMul(hidden, B),
        weightInBasis: tf.matMul(W, B),
        gradientInBasis: tf.matMul(G, B),
      };
    },
    { parameters: square.parameters, x: float32(rows, 6), basis: float32(6, 6) },
  );
  expect(table(products)).toEqual(table(productsOfStep(square)));
});

const opened = await Promise.all([openEngine('onnx'), openEngine('cpu')]);
afterAll(() => Promise.all(opened.map((engine) => engine.dispose())));

test.each(opened.map((engine) => [engine.name, engine] as const))(
  'programs of engine %s carry their products, which are part of all operations',
  async (_, engine) => {
    const network = mlp({ inputs: 9, hidden: [5], outputs: 3 });
    const program = await engine.compile(
      'logits',
      ({ parameters, x }) => ({ logits: network.apply(parameters, x as Tensor2D) }),
      { parameters: network.parameters, x: float32(rows, 9) },
    );
    expect(table(program.products!)).toEqual({
      'hidden1/weight': [linear(9, 5)[0], null, null],
      'output/weight': [linear(5, 3)[0], null, null],
    });
    // Biases and ReLU come on top.
    expect(program.flops! - program.products!.reduce((sum, { flops }) => sum + flops, 0)).toBe(rows * (5 + 5 + 3));
  },
);

test('where a function cannot be traced its products are not known', async () => {
  const cpu = opened[1];
  const program = await cpu.compile('untraceable', ({ x }) => ({ y: tf.tensor(x.dataSync()) }), { x: float32(2) });
  expect(program.products).toBeNull();
});
