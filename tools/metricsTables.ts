import { z } from 'zod';
import { lifetimeOptionsSchema, runMetrics, type RunMetric } from '../metrics/index.ts';
import type { Docstring } from './docstrings.ts';
import { otherTools } from './otherTools.ts';

/** By what is described on the page, the anchor under which it stands. */
export type Anchors = ReadonlyMap<string, string>;

/** Docstrings by the name of what they describe. */
export type Docstrings = ReadonlyMap<string, Docstring>;

/** A table that the outline asks for by name. */
export function namedTable(name: string, docstrings: Docstrings, anchors: Anchors): string {
  if (name === 'report') return reportTable(anchors);
  if (name === 'options') return optionsTable(docstrings);
  if (name === 'other tools') return otherToolsTable(anchors);
  throw new Error(`the outline asks for a table that there is not: ${name}`);
}

/** The fields of an interface. `toProse` makes Markdown of what a docstring says. */
export function fieldsTable({ fields }: Docstring, toProse: (text: string) => string): string {
  return table(
    ['field', 'meaning'],
    fields.map(({ names, text }) => [coded(names), inCell(toProse(text))]),
  );
}

function reportTable(anchors: Anchors): string {
  const linked = (name: string): string => `[\`${name}\`](#${anchors.get(name)})`;
  const rows = runMetrics.map(({ name, title, functions, from, range, unit, direction }) => [
    `\`${name}\``,
    title,
    functions.map(linked).join(' then '),
    from,
    rangeOf(range),
    unit === 'accuracy x updates' ? 'accuracy × updates' : unit,
    direction,
  ]);
  return table(['name', 'column', 'function', 'from', 'range', 'unit', 'better'], rows);
}

function rangeOf([least, greatest]: RunMetric['range']): string {
  const [from, to] = [least, greatest].map((end) => String(end).replace('-', '−'));
  if (greatest === Infinity) return `from ${from}`;
  return least === -Infinity ? `up to ${to}` : `${from} … ${to}`;
}

const optionsShape = z.object({
  properties: z.record(
    z.string(),
    z.object({
      enum: z.array(z.string()).optional(),
      type: z.string().optional(),
      anyOf: z.array(z.object({ type: z.string() })).optional(),
      default: z.unknown(),
    }),
  ),
});

function optionsTable(docstrings: Docstrings): string {
  const { properties } = optionsShape.parse(z.toJSONSchema(lifetimeOptionsSchema, { io: 'input' }));
  const meanings = new Map(
    docstrings.get('lifetimeOptionsSchema')!.fields.flatMap(({ names, text }) => names.map((name) => [name, text])),
  );
  const rows = Object.entries(properties).map(([name, property]) => [
    `\`${name}\``,
    property.enum ? coded(property.enum) : (property.type ?? property.anyOf!.map(({ type }) => type).join(' or ')),
    `\`${String(property.default)}\``,
    inCell(meanings.get(name)!),
  ]);
  return table(['option', 'values', 'default', 'meaning'], rows);
}

function otherToolsTable(anchors: Anchors): string {
  const columns = new Map(runMetrics.map(({ title, functions }) => [title, functions[0]]));
  const rows = otherTools.map(({ here, tool, name, formula, same }) => {
    const anchor = anchors.get(columns.get(here) ?? here.replaceAll('`', ''));
    return [anchor === undefined ? here : `[${here}](#${anchor})`, tool, name, formula, same];
  });
  return table(['here', 'tool', 'name there', 'formula there', 'same?'], rows);
}

const coded = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

const inCell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
