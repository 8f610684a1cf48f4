import { UserError, messageOf } from '../../../base/index.ts';

const token = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/**
 * JSON as Python writes it: the bare words NaN, Infinity and -Infinity, which are no JSON, become null; those inside strings stay.
 * @param where the file, and the line where there are several, for errors
 * @throws {UserError} for what is no JSON beyond that
 */
export function parseLooseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (first) {
    try {
      return JSON.parse(text.replace(token, (match) => (match.startsWith('"') ? match : 'null')));
    } catch {
      if (text.trim() === '') throw new UserError(`${where} is empty; check the file`);
      // The parser quotes the file, line ends and all.
      throw new UserError(`${where} is no JSON, or is cut off: ${messageOf(first).replace(/\s+/g, ' ')}`);
    }
  }
}

/** Whether it is an object with keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
