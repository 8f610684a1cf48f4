import { UserError } from '../../../base/index.ts';
import { shown } from '../tables/textTable.ts';

/** What stands for an object that is no plain data, such as `device(type='cpu')` or `<function f at 0x7f>`: it is read past. */
export interface PythonObject {
  readonly object: string;
}

/** A value as Python's `repr` writes it. Tuples and sets are arrays; nan and inf are numbers. */
export type PythonValue =
  null | boolean | number | string | PythonObject | readonly PythonValue[] | ReadonlyMap<PythonValue, PythonValue>;

/** One of the values of a file, and the line on which it begins, from 1. */
export interface PythonEntry {
  readonly value: PythonValue;
  readonly line: number;
}

const deepest = 64;
const longestName = 100;
const longestObject = 10_000;

const names: Readonly<Record<string, null | boolean | number>> = {
  None: null,
  True: true,
  False: false,
  'np.True_': true,
  'np.False_': false,
  nan: NaN,
  inf: Infinity,
};

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' };

/**
 * Reads values that Python wrote with `repr`, one after another. Nothing is evaluated. Known are dicts, lists, tuples, sets, strings with escapes, numbers,
 * nan, inf, None, True and False; numbers of NumPy such as `np.float64(99.86)` become plain numbers; any other call, such as `device(type='cpu')`,
 * `PosixPath('x')`, `Namespace(a=1)` and `array([1, 2])`, and anything in angle brackets, becomes a `PythonObject`. Takes time in proportion to the text.
 *
 * @param where the file, for errors
 * @param firstLine the line of the file on which the text begins
 * @throws {UserError} with line and column for anything else, a dict that never closes, a key that is there twice, and nesting beyond 64
 * @example parsePythonValues("{'a': np.float64(1.5), 'd': device(type='cpu')}", 'x.pyd')[0].value // a Map of 'a' → 1.5
 */
export function parsePythonValues(text: string, where: string, firstLine = 1): PythonEntry[] {
  const reader = createReader(text, where, firstLine);
  const entries: PythonEntry[] = [];
  for (reader.skip(); reader.at() < text.length; reader.skip()) {
    const line = reader.line();
    entries.push({ value: reader.value(0), line });
  }
  return entries;
}

/** Whether it is a dict. */
export function isPythonDict(value: PythonValue | undefined): value is ReadonlyMap<PythonValue, PythonValue> {
  return value instanceof Map;
}

function createReader(text: string, where: string, firstLine: number) {
  let position = 0;
  // Lines are counted as far as they were asked for, so that all counting together goes through the text once.
  let line = firstLine;
  let lineStart = 0;
  let nextEnd = text.indexOf('\n');

  const countTo = (end: number): void => {
    for (; nextEnd >= 0 && nextEnd < end; nextEnd = text.indexOf('\n', lineStart)) {
      line++;
      lineStart = nextEnd + 1;
    }
  };
  const fail = (problem: string, at = position): UserError => {
    countTo(at);
    return new UserError(`${where}, line ${line}, column ${at - lineStart + 1}: ${problem}`);
  };
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (!found) return null;
    position = pattern.lastIndex;
    return found[0];
  };
  const skip = (): void => void match(/\s*/y);
  const unexpected = (wanted: string): UserError => {
    if (position >= text.length) return fail(`the text ends where ${wanted} should follow; it was cut short`);
    return fail(
      `"${shown(text.slice(position, position + 20).split('\n', 1)[0])}" stands where ${wanted} should follow`,
    );
  };

  const string = (): string => {
    const quote = text[position];
    const start = position++;
    const parts: string[] = [];
    for (;;) {
      parts.push(match(quote === "'" ? /[^'\\\n]*/y : /[^"\\\n]*/y) ?? '');
      const mark = text[position];
      if (mark === quote) {
        position++;
        return parts.join('');
      }
      if (mark !== '\\') throw fail('a string opens and never closes on its line; it may have been cut short', start);
      parts.push(escape());
    }
  };

  const escape = (): string => {
    const code = match(/\\(?:x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|[0-7]{1,3})/iy);
    if (code !== null) {
      const point = /^\\[xu]/i.test(code) ? parseInt(code.slice(2), 16) : parseInt(code.slice(1), 8);
      return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
    }
    const letter = text[position + 1] ?? '';
    position += 2;
    return escapes[letter] ?? letter;
  };

  /** Values up to the closing mark, parted by commas; a comma may stand before the mark. */
  const list = (close: string, item: () => void): void => {
    position++;
    for (skip(); text[position] !== close; skip()) {
      item();
      skip();
      if (text[position] === ',') position++;
      else if (text[position] !== close) throw unexpected(`a comma or "${close}"`);
    }
    position++;
  };

  const values = (close: string, depth: number): PythonValue[] => {
    const found: PythonValue[] = [];
    list(close, () => void found.push(value(depth)));
    return found;
  };

  const braces = (depth: number): PythonValue => {
    const dict = new Map<PythonValue, PythonValue>();
    const set: PythonValue[] = [];
    list('}', () => {
      const start = position;
      const key = value(depth);
      skip();
      if (text[position] !== ':' && dict.size === 0) return void set.push(key);
      if (text[position] !== ':' || set.length > 0) throw unexpected('":"');
      if (dict.has(key)) throw fail(`the key ${shown(String(key))} is there twice`, start);
      position++;
      skip();
      dict.set(key, value(depth));
    });
    return set.length > 0 ? set : dict;
  };

  const call = (name: string, depth: number): PythonValue => {
    const found: PythonValue[] = [];
    list(')', () => {
      match(/[A-Za-z_]\w{0,99}\s*=\s*/y);
      found.push(value(depth));
    });
    const scalar = /^(?:np|numpy)\.(?:float|int|uint|longdouble|str|bool)\w*$/.test(name) && found.length === 1;
    return scalar && typeof found[0] !== 'object' ? found[0] : { object: name };
  };

  const named = (depth: number): PythonValue => {
    const start = position;
    const name = match(/[A-Za-z_][\w.]{0,100}/y) ?? '';
    if (name.length > longestName) throw fail(`a name is longer than ${longestName} characters`, start);
    if (/^[bru]{1,2}$/i.test(name) && /['"]/.test(text[position] ?? '')) return string();
    if (text[position] === '(') return call(name, depth);
    return Object.hasOwn(names, name) ? names[name] : { object: name };
  };

  const angles = (): PythonObject => {
    const start = position;
    let open = 0;
    do {
      if (text[position] === '<') open++;
      else if (text[position] === '>') open--;
      position++;
      if (position > text.length || position - start > longestObject) throw fail('"<" opens and never closes', start);
    } while (open > 0);
    return { object: shown(text.slice(start, position)) };
  };

  const number = (): PythonValue => {
    const start = position;
    if (match(/[+-](?=inf|nan)/y) !== null) {
      const sign = text[start] === '-' ? -1 : 1;
      const name = match(/inf|nan/y);
      return name === 'inf' ? sign * Infinity : NaN;
    }
    const found = match(/[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y);
    if (found === null || /[\w.]/.test(text[position] ?? '')) {
      position = start;
      throw unexpected('a number');
    }
    return Number(found);
  };

  const value = (depth: number): PythonValue => {
    if (depth > deepest) throw fail(`brackets are nested more than ${deepest} deep`);
    const mark = text[position] ?? '';
    if (mark === '{') return braces(depth + 1);
    if (mark === '[') return values(']', depth + 1);
    if (mark === '(') return values(')', depth + 1);
    if (mark === "'" || mark === '"') return string();
    if (mark === '<') return angles();
    if (text.startsWith('...', position)) {
      position += 3;
      return { object: '...' };
    }
    if (/[A-Za-z_]/.test(mark)) return named(depth + 1);
    if (/[\d.+-]/.test(mark)) return number();
    throw unexpected('a value');
  };

  return {
    at: () => position,
    line: () => {
      countTo(position);
      return line;
    },
    skip,
    value,
  };
}
