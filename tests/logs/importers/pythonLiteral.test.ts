import {
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  dictionary,
  double,
  letrec,
  oneof,
  property,
  string,
} from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePythonValues, type PythonValue } from '../../../logs/importers/shared/pythonLiteral.ts';

/** The one value of a text, with dicts as objects. */
function read(text: string): unknown {
  const found = parsePythonValues(text, 'x.pyd');
  expect(found).toHaveLength(1);
  return plain(found[0].value);
}

function plain(value: PythonValue): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, each]) => [String(plain(key)), plain(each)]));
  return Array.isArray(value) ? value.map((each: PythonValue) => plain(each)) : value;
}

describe('what CPython 3.11 prints', () => {
  test('numbers, words, strings, brackets', () => {
    const text = String.raw`{'dataset': "it's", 'q': '"both\' "', 'esc': 'tab\tnew\nback\\slash\x00\x7f\u2028é😀', 'none': None, 't': True, 'f': False, 'i': -3, 'big': 123456789, 'x': 1e-07, 'y': 1.5e+20, 'z': -0.0, 'nan': nan, 'inf': inf, 'ninf': -inf, 'tup': (1,), 'empty': (), 'l': [[], {}], 'set': {1}, 'c': 'a\rb\x1bc', 'bytes': b'ab\xff', 1: 'one', (1, 2): 'tuple'}`;
    expect(read(text)).toEqual({
      dataset: "it's",
      q: '"both\' "',
      esc: 'tab\tnew\nback\\slash\u0000\u007f\u2028é😀',
      none: null,
      t: true,
      f: false,
      i: -3,
      big: 123456789,
      x: 1e-7,
      y: 1.5e20,
      z: -0,
      nan: NaN,
      inf: Infinity,
      ninf: -Infinity,
      tup: [1],
      empty: [],
      l: [[], {}],
      set: [1],
      c: 'a\rb\u001bc',
      bytes: 'abÿ',
      1: 'one',
      '1,2': 'tuple',
    });
  });

  test('objects are read past', () => {
    const text =
      "{'p': PurePosixPath('/data/x'), 'ns': Namespace(a=1, b=[2, 'c)']), 'od': OrderedDict([('a', 1)]), 'dd': defaultdict(<class 'list'>, {'k': [1]}), 'dt': datetime.datetime(2024, 5, 6, 14, 41), 'fn': <built-in function len>, 'lam': <function <lambda> at 0x7f6d49c5dbc0>, 'ell': Ellipsis, 'd': device(type='cuda', index=0), 'last': 1}";
    expect(read(text)).toEqual({
      p: { object: 'PurePosixPath' },
      ns: { object: 'Namespace' },
      od: { object: 'OrderedDict' },
      dd: { object: 'defaultdict' },
      dt: { object: 'datetime.datetime' },
      fn: { object: '<built-in function len>' },
      lam: { object: '<function <lambda> at 0x7f6d49c5dbc0>' },
      ell: { object: 'Ellipsis' },
      d: { object: 'device' },
      last: 1,
    });
  });

  test("NumPy 2.4's scalars are plain, its arrays are read past", () => {
    const text =
      "{'a': np.float64(99.86), 'n': np.int64(3), 'arr': array([ 0,  1,  2, ..., 27, 28, 29], shape=(30,)), 'two': array([[0., 1.],\n       [2., 3.],\n       [4., 5.],\n       [6., 7.]]), 'b': np.True_, 's': np.str_(\"x'y\"), 'f32': np.float32(0.1), 'nan': np.float64(nan), 'inf': np.float64(-inf), 'dt': dtype('float32'), 'o': array(['a', None], dtype=object), 'e': array([], dtype=int8)}";
    expect(read(text)).toEqual({
      a: 99.86,
      n: 3,
      arr: { object: 'array' },
      two: { object: 'array' },
      b: true,
      s: "x'y",
      f32: 0.1,
      nan: NaN,
      inf: -Infinity,
      dt: { object: 'dtype' },
      o: { object: 'array' },
      e: { object: 'array' },
    });
  });
});

test('values one after another are told with their lines', () => {
  const found = parsePythonValues("{'a': 1}\n\n[2,\n 3]\n'x'", 'x.pyd', 10);
  expect(found.map(({ value, line }) => [plain(value), line])).toEqual([[{ a: 1 }, 10], [[2, 3], 12], ['x', 14]]); // prettier-ignore
  expect(parsePythonValues(' \n', 'x.pyd')).toEqual([]);
});

/** A value as Python's repr writes it, strings in its two kinds of quotes. */
function repr(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isNaN(value) ? 'nan' : String(value).replace('Infinity', 'inf');
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'object') return `{${Object.entries(value).map(([key, each]) => `${repr(key)}: ${repr(each)}`).join(', ')}}`; // prettier-ignore
  const text = String(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;
}

test('any plain value is read as it was written', () => {
  const values = letrec((tie) => ({
    value: oneof(
      { depthSize: 'small' },
      constant(null),
      boolean(),
      double(),
      string({ unit: 'grapheme' }),
      array(tie('value')),
      dictionary(string().filter((key) => key !== '__proto__'), tie('value')), // prettier-ignore
    ),
  })).value;
  assert(
    property(values, (value) => {
      const plainValue = JSON.parse(JSON.stringify(value, (_, each: unknown) => (typeof each === 'number' && !Number.isFinite(each) ? 0 : each))) as unknown; // prettier-ignore
      expect(JSON.parse(JSON.stringify(read(repr(plainValue))))).toEqual(plainValue);
    }),
  );
});

function problemOf(text: string): string | null {
  try {
    parsePythonValues(text, 'x.pyd');
    return null;
  } catch (error) {
    return String(error);
  }
}

test('no text makes it throw anything but an error with file, line and column', () => {
  const alphabet = constantFrom(...'{}[]()<>\'":,.-+e1 anN\\\n_=b');
  assert(
    property(string({ unit: alphabet, maxLength: 60 }), (text) => {
      const problem = problemOf(text);
      return problem === null || /^UserError: x\.pyd, line \d+, column \d+: [^\n]*$/.test(problem);
    }),
    { numRuns: 2000 },
  );
});

describe('refused, with file, line and column', () => {
  test.each([
    ["{'a': 1", 'x.pyd, line 1, column 8: the text ends where a comma or "}" should follow; it was cut short'],
    ["{'a':\n  5good}", 'x.pyd, line 2, column 3: "5good}" stands where a number should follow'],
    ["{'a': 1,\n 'a': 2}", 'x.pyd, line 2, column 2: the key a is there twice'],
    ["{'a': 1, 'b'}", 'x.pyd, line 1, column 13: "}" stands where ":" should follow'],
    ["['a\n']", 'x.pyd, line 1, column 2: a string opens and never closes'],
    ["{'a': <object at", 'x.pyd, line 1, column 7: "<" opens and never closes'],
    ["{'a': ;}", 'x.pyd, line 1, column 7: ";}" stands where a value should follow'],
    ['a'.repeat(102), 'x.pyd, line 1, column 1: a name is longer than 100 characters'],
    ['['.repeat(100), 'x.pyd, line 1, column 66: brackets are nested more than 64 deep'],
    ['[1 2]', 'x.pyd, line 1, column 4: "2]" stands where a comma or "]" should follow'],
  ])('%s', (text, message) => {
    expect(() => parsePythonValues(text, 'x.pyd')).toThrow(message);
  });
});

test('nothing is run: a call is a name', () => {
  expect(read("__import__('os')")).toEqual({ object: '__import__' });
});

test('10 MB take time in proportion, however they are cut into values', () => {
  const seconds = (text: string): number => {
    const start = performance.now();
    parsePythonValues(text, 'x.pyd');
    return (performance.now() - start) / 1000;
  };
  const size = 10_000_000;
  // In proportion each takes less than 2 s on one slow core; in quadratic time minutes.
  expect(seconds(`'${'x'.repeat(size)}'`)).toBeLessThan(10);
  expect(seconds(`[${'1,'.repeat(size / 20)}]`)).toBeLessThan(10);
  expect(seconds('1 '.repeat(size / 20))).toBeLessThan(10);
  expect(seconds('1\n'.repeat(size / 20))).toBeLessThan(10);
  expect(seconds(' '.repeat(size))).toBeLessThan(10);
  expect(seconds(`'${String.raw`\'`.repeat(size / 20)}'`)).toBeLessThan(10);
});
