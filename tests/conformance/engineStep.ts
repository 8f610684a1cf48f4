import {
  float32,
  int32,
  lossGradients,
  mlp,
  sgd,
  tf,
  type Engine,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '../../engine/index.ts';

export const batch = 12;
export const network = mlp({ inputs: 20, hidden: [16, 16], outputs: 5 });

/** A whole training step of an MLP with momentum and weight decay. */
export function compileStep(engine: Engine) {
  const optimizer = sgd({ momentum: 0.9, weightDecay: 1e-4 });
  return engine.compile(
    'mlp-step',
    ({ parameters, state, x, y, rate }) => {
      const { loss, gradients } = lossGradients((p) => {
        const logits = network.apply(p, x as Tensor2D);
        return { loss: tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(y as Tensor1D, 5)), 1))) };
      }, parameters);
      const updated = optimizer.update(parameters, gradients, state, rate as Scalar);
      return { parameters: updated.parameters, state: updated.state, loss };
    },
    {
      parameters: network.parameters,
      state: network.parameters,
      x: float32(batch, 20),
      y: int32(batch),
      rate: float32(),
    },
  );
}
