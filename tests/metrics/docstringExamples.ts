import { createRng } from '../../base/index.ts';
import type { EvaluationLog } from '../../logs/index.ts';
import * as metrics from '../../metrics/index.ts';
import { logOf } from './logs.ts';
import { near } from './stats/near.ts';

/** A call in an example, and what the comment behind it says: one expression or several, worked out from left to right. */
export interface Check {
  readonly call: string;
  readonly expected: readonly string[];
}

export interface Example {
  /** Of `step  trained  a  b` and rows, where the example begins with a table. */
  readonly log: EvaluationLog | null;
  /** Statements before each check, and the check. */
  readonly steps: readonly (string | Check)[];
}

/**
 * An example as code: statements, each on a line, and calls with `// value` or `// working = value` behind; a log may stand before as a
 * table. Null for one in words.
 */
export function parseExample(text: string): Example | null {
  const lines = text.split('\n').map((line) => line.trim());
  const checks = lines.filter((line) => line.includes(' // '));
  if (checks.length === 0) return null;
  const rows = lines[0].startsWith('step ') ? lines.filter((line) => /^(step|\d+) [^/]*$/.test(line)) : [];
  return {
    log: rows.length === 0 ? null : logOfTable(rows),
    steps: lines
      .filter((line) => !rows.includes(line))
      .map((line) => {
        const [call, comment] = line.split(/;? \/\/ /);
        return comment === undefined ? line : { call, expected: comment.split(' = ') };
      }),
  };
}

function logOfTable([head, ...rows]: readonly string[]): EvaluationLog {
  const [, , ...tasks] = head.split(/\s+/);
  return logOf(
    tasks,
    rows.map((row) => {
      const [step, trained, ...values] = row.split(/\s+/);
      return [Number(step), tasks.indexOf(trained), ...values.map((value) => (value === '–' ? null : Number(value)))];
    }),
  );
}

/** What each check of an example gives, and what it says. `scope` are the names that it may use besides those of metrics/. */
export function runExample(
  { log, steps }: Example,
  scope: Readonly<Record<string, unknown>>,
): { call: string; value: unknown; expected: unknown[] }[] {
  const names = { ...metrics, createRng, ...(log && { log }), ...scope };
  const statements: string[] = [];
  return steps.flatMap((step) => {
    if (typeof step === 'string') {
      statements.push(step);
      return [];
    }
    const evaluate = (expression: string): unknown =>
      new Function(...Object.keys(names), `'use strict'; ${statements.join('\n')}\nreturn (${expression});`)(
        ...Object.values(names),
      );
    const expected = step.expected.map((each) => valueOf(each, evaluate));
    return [{ call: step.call, value: plain(evaluate(step.call)), expected }];
  });
}

/** The value of an expression, which words may follow behind a comma. */
function valueOf(text: string, evaluate: (expression: string) => unknown): unknown {
  const parts = text.split(', ');
  for (let end = parts.length; end > 0; end--) {
    try {
      const list = evaluate(`[${parts.slice(0, end).join(', ')}]`) as unknown[];
      if (list.length === 1) return list[0];
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof ReferenceError)) throw error;
    }
  }
  throw new Error(`no value can be read from: ${text}`);
}

/** The same value with its numbers compared to the digits that are shown, from 4 on; shorter ones are meant to be exact. */
export function asShown(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    const shown = String(value).split('.')[1]?.length ?? 0;
    return near(value, shown < 4 ? 6 : Math.min(12, shown));
  }
  if (Array.isArray(value)) return value.map(asShown);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asShown(part)]));
}

/** Typed arrays as lists. */
function plain(value: unknown): unknown {
  if (value instanceof Float64Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}
