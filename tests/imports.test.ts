import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { layers, sourcesIn } from './sources.ts';

/** What a file imports, relative or by package name, statically, dynamically or by type. */
function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g)].map(([, specifier]) => specifier);
}

describe.each(layers)('%s', (layer) => {
  const files = sourcesIn(layer);
  const allowed = layers.slice(0, layers.indexOf(layer) + 1) as readonly string[];

  test('has source files', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  test(`imports only from ${allowed.join(', ')}`, () => {
    const wrong = files.flatMap(({ path, text }) =>
      importsOf(text)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative('.', join(dirname(path), specifier)))
        .filter((target) => !allowed.includes(target.split('/')[0]))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('enters other folders through their index only', () => {
    const wrong = files.flatMap(({ path, text }) =>
      importsOf(text)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => join(dirname(path), specifier))
        .filter((target) => target.split('/')[0] !== layer && !target.endsWith('/index.ts'))
        .map((target) => `${path} imports ${target}`),
    );
    // The command line reads what help texts need without loading the engine behind harness/index.ts.
    expect(wrong.filter((line) => !line.startsWith('cli/'))).toEqual([]);
  });

  test('has an index with named exports only', () => {
    const index = files.find(({ path }) => path === join(layer, 'index.ts'));
    if (layer === 'cli') return;
    expect(index?.text ?? '').toMatch(/^export \{/m);
    expect(index!.text).not.toMatch(/export \*/);
  });
});

test('benchmarks use no tensors and metrics do no input or output', () => {
  for (const { path, text } of sourcesIn('benchmarks'))
    expect(
      importsOf(text).filter((name) => /tfjs|onnx/.test(name)),
      path,
    ).toEqual([]);
  for (const { path, text } of sourcesIn('metrics'))
    expect(
      importsOf(text).filter((name) => name.startsWith('node:')),
      path,
    ).toEqual([]);
});

test('nothing draws from Math.random', () => {
  for (const layer of layers)
    for (const { path, text } of sourcesIn(layer)) expect(text.includes('Math.random('), path).toBe(false);
});
