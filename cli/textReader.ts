import * as z from 'zod';

/**
 * Makes the function that turns a word of the command line into a value that a schema may accept: lists are comma-separated, `4,` is
 * a list of one, and `null` is null where that may be. What does not fit is left as text, so that checking against the schema says what is
 * wrong with it.
 */
export function textReader(schema: unknown): (text: string) => unknown {
  if (schema instanceof z.ZodNumber) return readNumber;
  if (schema instanceof z.ZodBoolean) return (text) => (text === 'true' ? true : text === 'false' ? false : text);
  if (schema instanceof z.ZodArray) {
    const read = textReader(schema.element);
    return (text) =>
      text
        .replace(/,$/, '')
        .split(',')
        .map((part) => read(part.trim()));
  }
  if (schema instanceof z.ZodUnion) {
    const list = schema.options.find((option) => option instanceof z.ZodArray);
    const single = schema.options.find((option) => option !== list);
    return (text) => textReader(list && text.includes(',') ? list : single)(text);
  }
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return textReader(schema.unwrap());
  if (schema instanceof z.ZodNullable) {
    const read = textReader(schema.unwrap());
    return (text) => (text === 'null' ? null : read(text));
  }
  return (text) => text;
}

function readNumber(text: string): number | string {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}
