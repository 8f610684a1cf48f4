import { describe, expect, test } from 'vitest';
import { planExperiment } from '../../cli/planExperiment.ts';
import type { RunArguments } from '../../cli/readArguments.ts';

const plan = (given: Partial<RunArguments>) => planExperiment({ flags: {}, settings: [], ...given });
const recipe = (options: NonNullable<RunArguments['recipe']>['options']) => ({ recipe: { where: 'my.yaml', options } });

describe('an experiment', () => {
  test('takes its keys from the recipe, overridden by flags, overridden by --set', async () => {
    const experiment = await plan({
      ...recipe({ methods: ['er', 'ewc'], epochs: 2, lr: 0.1, hidden: [8] }),
      flags: { lr: 0.2, seeds: 2 },
      settings: ['ewc.lr=0.3'],
    });
    expect(experiment).toMatchObject({ hidden: [8], seeds: [1, 2] });
    expect(experiment.methods.map(({ epochs, lr }) => [epochs, lr])).toEqual([
      [2, 0.2],
      [2, 0.3],
    ]);
  });

  test('keeps the options that the recipe gives to a method that --methods chooses by its label', async () => {
    const { methods } = await plan({
      ...recipe({ methods: [{ name: 'er', label: 'er-30', options: { memory: 30 } }, 'ewc'] }),
      flags: { methods: ['er-30', 'lwf'] },
    });
    expect(methods.map(({ name, label, options }) => [name, label, options.memory])).toEqual([
      ['er', 'er-30', 30],
      ['lwf', 'lwf', undefined],
    ]);
  });

  test('that is given another network takes none of the recipe’s options for its own', async () => {
    const mine = recipe({ network: 'mlp', hidden: [8], head: 'cosine', dropout: 0.5, lr: 0.1 });
    const { network, hidden, norm, head, methods } = await plan({ ...mine, flags: { network: 'cnn', norm: 'group' } });
    expect({ network, hidden, norm, head, lr: methods[0].lr }).toEqual({
      network: 'cnn',
      hidden: undefined,
      norm: 'group',
      head: 'linear',
      lr: 0.1,
    });
    expect(await plan({ ...mine, flags: { hidden: [5] } })).toMatchObject({
      hidden: [5],
      head: 'cosine',
      dropout: 0.5,
    });
  });

  test.each<[Partial<RunArguments>, RegExp]>([
    [{ flags: { network: 'cnn', hidden: [8] } }, /^network cnn: unknown option: hidden \(known: /],
    [recipe({ methods: ['foo'] }), /^my\.yaml: unknown method: foo \(known: .*\ber\b.*\)$/],
    [
      recipe({ methods: [{ name: 'er', options: { mem: 5 } }] }),
      /^my\.yaml: method er: unknown option: mem \(known: alpha, batches, /,
    ],
    [recipe({ stream: 'split-foo' }), /^my\.yaml: unknown dataset: foo \(known: cifar10, /],
    [recipe({ seeds: [4, 4] }), /^my\.yaml: seeds: 4 stands twice$/],
    [{ flags: { tasks: 3 } }, /^10 classes .* 3 tasks \(allowed: 1, 2, 5, 10\)$/],
    [{ flags: { angles: [0, 90] } }, /^unknown option of split streams: angles \(known: /],
    [{ flags: { methods: ['er', 'er'] } }, /^flags: methods: er stands twice; give one of them another label$/],
    [{ settings: ['ewc.lambda=5'] }, /^unknown method in --set ewc\.lambda=5: ewc \(known: er, finetune\)$/],
    [{ settings: ['er.lr=-1'] }, /^--set er\.lr=-1: must be >0$/],
    [{ settings: ['er=5'] }, /^--set er=5: must be <method>\.<key>=<value>/],
  ])('%j is refused with its place and what is known', async (given, message) => {
    await expect(plan(given)).rejects.toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
    );
  });
});
