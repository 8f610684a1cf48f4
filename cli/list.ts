import type { Argv, CommandModule } from 'yargs';
import { declare } from './declare.ts';

const flags = {
  json: { type: 'boolean', describe: 'print all there is to know as JSON' },
} as const;

const usage = 'list <what> [name]';

export const list = {
  command: usage,
  describe: 'list methods, streams, datasets, formats, metrics or recipes',
  builder: (y: Argv): Argv =>
    declare(y, usage, 'Lists what there is, or tells all about one of it.', flags)
      .positional('what', { describe: 'methods, streams, datasets, formats, metrics or recipes' })
      .positional('name', { describe: 'one of them: its options with units, defaults and sources' })
      .example('$0 list methods', 'the methods, one a line')
      .example('$0 list methods er', 'the options of one')
      .example('$0 list formats', 'the logs of other tools that are read')
      .example('$0 list streams --json', 'for programs'),
  async handler(argv: Record<string, unknown>): Promise<void> {
    const { findInventory } = await import('./inventory/index.ts');
    const { formatItem, formatItems } = await import('./inventory/format.ts');

    const inventory = await findInventory(String(argv.what));
    const width = process.stdout.columns || Infinity;
    const item = argv.name === undefined ? undefined : inventory.get(String(argv.name));
    const json = (): string => `${JSON.stringify(item ?? inventory.items, null, 2)}\n`;
    process.stdout.write(argv.json ? json() : item ? formatItem(item, width) : formatItems(inventory, width));
  },
} satisfies CommandModule;
