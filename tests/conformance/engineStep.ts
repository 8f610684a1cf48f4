import {
  float32,
  int32,
  lossGradients,
  mlp,
  sgd,
  tf,
  type Engine,
  type Network,
  type Optimizer,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '../../engine/index.ts';

export const batch = 12;
export const network = mlp({ inputs: 20, hidden: [16, 16], outputs: 5 });

const momentum = sgd({ momentum: 0.9, weightDecay: 1e-4 });

/** A whole training step: of the network above with momentum and weight decay unless said otherwise. */
export function compileStep(
  engine: Engine,
  {
    trained = network,
    rows = batch,
    optimizer = momentum,
  }: { trained?: Network; rows?: number; optimizer?: Optimizer } = {},
) {
  const { inputs } = trained.layers[0];
  return engine.compile(
    'mlp-step',
    ({ parameters, state, x, y, rate }) => {
      const { loss, gradients } = lossGradients((p) => {
        const logits = trained.apply(p, x as Tensor2D);
        return { loss: tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(y as Tensor1D, 5)), 1))) };
      }, parameters);
      const updated = optimizer.update(parameters, gradients, state, rate as Scalar);
      return { parameters: updated.parameters, state: updated.state, loss };
    },
    {
      parameters: trained.parameters,
      state: optimizer.init(trained.parameters),
      x: float32(rows, inputs),
      y: int32(rows),
      rate: float32(),
    },
  );
}
