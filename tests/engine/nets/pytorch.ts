import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sizeOf, type Arrays, type Network } from '../../../engine/index.ts';

/*
pytorch.json holds what PyTorch 2.13 computes in 64-bit floats for weights and inputs that are sines; these lines of Python made it:

import json, math, torch, torch.nn as nn, torch.nn.functional as F
torch.set_default_dtype(torch.float64)
wave = lambda shape, a, b=0.0: torch.sin(a * torch.arange(math.prod(shape)) + b).reshape(shape)
short = lambda t: [float(f'{v:.6g}') for v in t.detach().flatten().tolist()]
nhwc, nchw = (lambda t: t.permute(0, 2, 3, 1)), (lambda t: t.permute(0, 3, 1, 2))

class Block(nn.Module):
    def __init__(self, i, o, s, norm, option):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(i, o, 3, s, 1, bias=False), norm(o)
        self.conv2, self.norm2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), norm(o)
        self.s, self.o = s, o
        self.shortcut = nn.Sequential(nn.Conv2d(i, o, 1, s, bias=False), norm(o)) if s > 1 and option == 'B' else None
    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        if self.shortcut: x = self.shortcut(x)
        elif self.s > 1: x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.o - x.shape[1]))
        return F.relu(x + y)
class Head(nn.Module):  # cosine
    def __init__(self, i, o): super().__init__(); self.weight, self.scale = nn.Parameter(torch.empty(o, i)), nn.Parameter(torch.empty(()))
    def forward(self, x): return self.scale * F.linear(F.normalize(x), F.normalize(self.weight))
class Mean(nn.Module):
    def forward(self, x): return x.mean((2, 3))
class Flat(nn.Module):
    def forward(self, x): return nhwc(x).flatten(1)
def resnet(channels, f, blocks, out, norm, option, head=nn.Linear):
    parts, i = [nn.Conv2d(channels, f, 3, 1, 1, bias=False), norm(f), nn.ReLU()], f
    for stage, count in enumerate(blocks):
        for b in range(count):
            o = f * 2 ** stage
            parts.append(Block(i, o, 2 if stage and not b else 1, norm, option)); i = o
    return nn.Sequential(*parts, Mean(), head(i, out))
def cnn(h, w, c, norm, out):
    conv = lambda i, o: [nn.Conv2d(i, o, 3, 1, 1, bias=norm is None), *([norm(o)] if norm else []), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*conv(c, 4), *conv(4, 6), Flat(), nn.Linear(6 * (h // 4) * (w // 4), 8), nn.ReLU(), nn.Linear(8, out))

def measure(net, h, w, c, out):
    for j, p in enumerate(net.parameters()):  # weights by fan-in; gamma around 1, biases around 0
        fan = p[0].numel() if p.dim() > 1 else 1
        wavy = wave(p.shape, 1.7, j)
        p.data = wavy * math.sqrt(2 / fan) if p.dim() > 1 else 0.1 * wavy
    for m in net.modules():
        if isinstance(m, (nn.BatchNorm2d, nn.GroupNorm)): m.weight.data += 1
        if isinstance(m, Head): m.scale.data = torch.tensor(7.0)
    x, y = nchw(wave((3, h, w, c), 0.37)), torch.arange(3) % out
    net.train(); logits = net(x); loss = F.cross_entropy(logits, y); loss.backward()
    # Each gradient as its norm and its inner product with a wave: a number a parameter would be too many.
    gradients = [(g.norm(), (g * wave(g.shape, 0.11, 1)).sum()) for g in (p.grad for p in net.parameters())]
    running = [b for n, b in net.named_buffers() if 'num' not in n]
    result = dict(train=short(logits), loss=short(loss), gradients=short(torch.tensor(gradients)), running=short(torch.cat(running)) if running else [])
    net.eval(); return {**result, 'inference': short(net(x))}

def convolution(h, w, k, s):
    x, f = nchw(wave((2, h, w, 2), 0.7)).requires_grad_(), wave((3, 2, k, k), 1.3).requires_grad_()
    y = F.conv2d(x, f, stride=s, padding=k // 2)
    (nhwc(y) * wave(nhwc(y).shape, 0.9, 0.2)).sum().backward()
    return dict(size=[h, w], kernel=k, stride=s, shape=list(nhwc(y).shape), y=short(nhwc(y)), dx=short(nhwc(x.grad)), df=short(f.grad))
def pool(h, w):
    x = nchw(torch.round(2 * wave((2, h, w, 3), 0.7))).requires_grad_()  # with ties
    y = nhwc(F.max_pool2d(x, 2)); (y * wave(y.shape, 0.9, 0.2)).sum().backward()
    return dict(size=[h, w], y=short(y), dx=short(nhwc(x.grad)))
batch, group = nn.BatchNorm2d, lambda o: nn.GroupNorm(max(g for g in (1, 2, 4, 8, 16, 32) if o % g == 0 and o // g >= 2), o)
print(json.dumps(dict(
    convolution=[convolution(*a) for a in [(5, 6, 3, 1), (4, 4, 3, 2), (5, 6, 3, 2), (4, 5, 1, 2), (3, 3, 1, 1)]],
    pool=[pool(*a) for a in [(4, 4), (5, 3)]],
    networks=dict(
        cnn=measure(cnn(5, 7, 2, None, 3), 5, 7, 2, 3),
        cnnBatch=measure(cnn(8, 8, 1, batch, 3), 8, 8, 1, 3),
        resnet18=measure(resnet(3, 3, [2, 2, 2, 2], 4, batch, 'B'), 9, 8, 3, 4),
        resnet18Group=measure(resnet(1, 4, [2, 2, 2, 2], 4, group, 'B', Head), 16, 16, 1, 4),
        resnet32=measure(resnet(3, 2, [5, 5, 5], 3, batch, 'A'), 8, 8, 3, 3)))))
*/

interface Fixture {
  readonly convolution: readonly {
    readonly size: readonly [number, number];
    readonly kernel: number;
    readonly stride: number;
    readonly shape: readonly number[];
    readonly y: readonly number[];
    readonly dx: readonly number[];
    readonly df: readonly number[];
  }[];
  readonly pool: readonly { readonly size: readonly [number, number]; readonly y: number[]; readonly dx: number[] }[];
  readonly networks: Readonly<Record<string, Measured>>;
}

/** One training step of a network on three rows. */
export interface Measured {
  /** Logits in train mode. */
  readonly train: readonly number[];
  readonly loss: readonly number[];
  /** Of every parameter's gradient the norm, and the inner product with a wave. */
  readonly gradients: readonly number[];
  /** Running statistics after the step. */
  readonly running: readonly number[];
  /** Logits in inference mode, with those statistics. */
  readonly inference: readonly number[];
}

export const pytorch = JSON.parse(readFileSync(join(import.meta.dirname, 'pytorch.json'), 'utf8')) as Fixture;

/** sin(a·i + b). */
export function wave(count: number, a: number, b = 0): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(a * i + b));
}

export function waves(shape: readonly number[], a: number, b = 0): Float32Array {
  return Float32Array.from(wave(sizeOf(shape), a, b));
}

/** The parameters that the fixture was made with. */
export function wavyParameters(network: Network): Arrays {
  return Object.fromEntries(
    Object.entries(network.parameters).map(([name, { shape }], index) => {
      const values = wave(sizeOf(shape), 1.7, index);
      if (name.endsWith('/scale')) return [name, Float32Array.of(7)];
      if (name.endsWith('/gamma')) return [name, Float32Array.from(values, (v) => 1 + 0.1 * v)];
      if (shape.length < 2) return [name, Float32Array.from(values, (v) => 0.1 * v)];
      const inputs = shape.length === 2 ? shape[0] : sizeOf(shape.slice(1));
      const scaled = values.map((v) => v * Math.sqrt(2 / inputs));
      return [name, Float32Array.from(shape.length === 2 ? transpose(scaled, shape[1]) : scaled)];
    }),
  );
}

/** The gradient as norm and inner product, in PyTorch's layout. */
export function summarize(gradient: Arrays[string], shape: readonly number[]): [number, number] {
  const values = shape.length === 2 ? transpose([...gradient], shape[0]) : [...gradient];
  const seen = wave(values.length, 0.11, 1);
  return [Math.hypot(...values), values.reduce((sum, value, i) => sum + value * seen[i], 0)];
}

/** The transpose of a matrix of so many rows, as PyTorch's linear weights `[out, in]` are of ours. */
function transpose(values: readonly number[], rows: number): number[] {
  const columns = values.length / rows;
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
}

/** Largest difference of two lists of numbers, relative where the expected one is above 1; NaN if their lengths differ, or if one is NaN. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return NaN;
  const differences = Array.from(expected, (value, i) => Math.abs(actual[i] - value) / Math.max(1, Math.abs(value)));
  return differences.reduce((most, difference) => Math.max(most, difference), 0);
}
