import type * as z from 'zod';
import { methods } from '../../methods/index.ts';
import { optionSchemas } from '../settings.ts';
import type { Item, ItemOption } from './types.ts';

export function methodItems(): { items: Item[]; columns: string[] } {
  const items = methods.map(({ name, title, family, paper, scenarios }) => ({
    name,
    title,
    family,
    paper,
    scenarios,
    options: Object.entries(optionSchemas(name)).map(([option, schema]) => describeOption(option, schema)),
  }));
  return { items, columns: ['name', 'family', 'paper', 'scenarios', 'title'] };
}

function describeOption(name: string, schema: z.ZodType): ItemOption {
  const { description = '', unit = '', source = '' } = (schema.meta() ?? {}) as Record<string, string | undefined>;
  return { name, default: schema.parse(undefined), unit, description, source };
}
