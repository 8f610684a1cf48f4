import { describe, expect, test } from 'vitest';
import { float32, openEngine, tf } from '../../engine/index.ts';
import { createSessionCache, sessions, type SessionSpec } from '../../engine/onnx/sessions.ts';

/** Stands for native sessions: tells which were released. */
function cacheOf(limits: { idle: number; bytes: number }) {
  const created: string[] = [];
  const released: string[] = [];
  const cache = createSessionCache(async ({ model }) => {
    const name = Buffer.from(model).toString();
    if (name === 'bad') throw new Error('not a model');
    created.push(name);
    return { release: async () => void released.push(name) } as never;
  }, limits);
  const acquire = (name: string, more: Partial<SessionSpec> = {}) =>
    cache.acquire({ model: Buffer.from(name), threads: 1, provider: 'cpu', footprint: 10, ...more });
  return { cache, created, released, acquire };
}

describe('sessions', () => {
  test('of equal models are one, also when asked for at the same time and again when idle', async () => {
    const { acquire, created, released } = cacheOf({ idle: 2, bytes: 100 });
    const [a, b] = await Promise.all([acquire('m'), acquire('m')]);
    expect(a.session).toBe(b.session);
    await a.release();
    await b.release();
    expect((await acquire('m')).session).toBe(a.session);
    expect([created, released]).toEqual([['m'], []]);
  });

  test('of other models, numbers of threads or providers are others', async () => {
    const { acquire, created } = cacheOf({ idle: 2, bytes: 100 });
    await acquire('m');
    await acquire('n');
    await acquire('m', { threads: 2 });
    await acquire('m', { provider: 'cuda' });
    expect(created).toEqual(['m', 'n', 'm', 'm']);
  });

  test('that are idle go when there are too many, the one that was used longest ago first', async () => {
    const { acquire, released } = cacheOf({ idle: 2, bytes: 100 });
    const leases = [await acquire('a'), await acquire('b'), await acquire('c')];
    await acquire('a').then((again) => again.release());
    for (const lease of leases) await lease.release();
    expect(released).toEqual(['b']);
  });

  test('that are idle go when they are too large together', async () => {
    const { acquire, released, cache } = cacheOf({ idle: 9, bytes: 100 });
    for (const [name, footprint] of [
      ['small', 30],
      ['large', 80],
      ['huge', 200],
    ] as const)
      await acquire(name, { footprint }).then((lease) => lease.release());
    expect(released).toEqual(['small', 'huge']);
    expect(cache.size).toBe(1);
  });

  test('in use are never released, however many', async () => {
    const { acquire, released } = cacheOf({ idle: 0, bytes: 0 });
    const [a] = await Promise.all(['a', 'b', 'c'].map((name) => acquire(name)));
    const again = await acquire('a');
    await a.release();
    await a.release();
    expect(released).toEqual([]);
    await again.release();
    expect(released).toEqual(['a']);
  });

  test('that could not be made are not remembered', async () => {
    const { acquire, cache } = cacheOf({ idle: 2, bytes: 100 });
    await expect(acquire('bad')).rejects.toThrow('not a model');
    expect(cache.size).toBe(0);
  });
});

test('an engine that is disposed of leaves the programs of another alone', async () => {
  const [one, other] = await Promise.all([openEngine('onnx'), openEngine('onnx')]);
  const compile = (engine: typeof one) => engine.compile('shared', ({ x }) => ({ y: tf.mul(x, 3) }), { x: float32(2) });
  const before = sessions.size;
  await compile(one);
  const program = await compile(other);
  expect(sessions.size).toBe(before + 1);
  await one.dispose();
  expect((await program.run({ x: Float32Array.of(1, 2) })).y).toEqual(Float32Array.of(3, 6));
  await other.dispose();
});
