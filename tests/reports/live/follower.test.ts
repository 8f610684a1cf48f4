import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFollower, start, type Cursor, type Follower } from '../../../reports/live/follower.ts';
import { merged, nothing, type State } from '../../../reports/live/client/state.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { growing } from './growing.ts';

/** A page, without a browser and a network. */
function reader(follower: Follower, run = '') {
  let cursor: Cursor = start(run);
  let state: State = nothing;
  return {
    look(): State {
      follower.look();
      return this.read();
    },
    read(): State {
      const news = follower.since(cursor);
      if (news) {
        cursor = news.cursor;
        // As it goes over the wire.
        state = merged(state, JSON.parse(JSON.stringify(news.message)) as typeof news.message);
      }
      return state;
    },
    get cursor() {
      return cursor;
    },
  };
}

const statuses = ({ runs }: State): string[] => runs.map(({ run, status }) => `${run} ${status}`);

test('runs are planned, at work and complete; rows, updates and the mean accuracy come as they are written', () => {
  const { folder, begin, grow, end, lines } = growing();
  const page = reader(createFollower(folder));
  const planned = ['finetune-seed1 planned', 'finetune-seed2 planned', 'er-seed1 planned', 'er-seed2 planned'];
  expect(statuses(page.look())).toEqual(planned);
  expect(page.read()).toMatchObject({ title: 'made-up', shown: null, events: [] });

  begin('er-seed1');
  expect(statuses(page.look())[2]).toBe('er-seed1 running');
  grow('er-seed1', 11);
  const { runs, shown } = page.look();
  // 395 samples in batches of 10 are 40 updates for each of 3 tasks.
  expect(runs[2]).toMatchObject({ done: 9, planned: 120, task: '0/1', method: 'er', seed: 1, experiment: 'made-up' });
  const cells = lines('er-seed1')[10].trimEnd().split(',');
  expect(runs[2].accuracy).toBe(Number(cells[2]));
  expect(shown).toMatchObject({ run: 'er-seed1', tasks: ['0/1', '2/3', '4/5'], steps: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
  expect(shown!.values[0].at(-1)).toBeCloseTo(Number(cells[2]), 5);
  expect(shown!.values[1].every((value) => value === null)).toBe(true);

  grow('er-seed1', 200);
  end('er-seed1');
  const last = page.look();
  expect(last.shown!.steps).toHaveLength(123);
  expect(last.runs[2]).toMatchObject({ status: 'complete', done: 120 });
  expect(statuses(last)[3]).toBe('er-seed2 planned');
});

test('a page is told what is new, once', () => {
  const { folder, begin, grow } = growing();
  const follower = createFollower(folder);
  const page = reader(follower);
  begin('er-seed1');
  grow('er-seed1', 21);
  page.look();
  follower.look();
  expect(follower.since(page.cursor)).toBeNull();
  grow('er-seed1', 3);
  follower.look();
  const { message } = follower.since(page.cursor)!;
  expect(message).toMatchObject({ whole: false, anew: false, events: [], curve: { from: 20, steps: [20, 21, 22] } });
  expect(message.runs.map(({ run }) => run)).toEqual(['er-seed1']);
});

test('a fall is told when it is certain, its verdict when the stretch of training is over', () => {
  const { folder, begin, grow, end } = growing();
  const page = reader(createFollower(folder, () => 0));
  begin('finetune-seed1');
  grow('finetune-seed1', 1 + 41 + 6);
  const fell = page.look().events;
  // The run falls by nearly all of its accuracy within five updates of the switch at step 40.
  expect(fell.map(({ telling, text }) => [telling, text.split(' to ')[0].slice(0, 8)])).toEqual([['fell', '0/1 fell']]);
  grow('finetune-seed1', 200);
  end('finetune-seed1');
  const all = page.look().events;
  expect(all.slice(0, 1)).toEqual(fell);
  expect(all.filter(({ telling, kind }) => telling === 'verdict' && kind === 'forgetting').length).toBeGreaterThan(0);
  expect(page.look().events).toEqual(all);
});

test('a run that is written anew is shown anew, and its events go', () => {
  const { folder, begin, grow, end } = growing();
  const page = reader(createFollower(folder, () => 0));
  begin('finetune-seed1');
  grow('finetune-seed1', 200);
  end('finetune-seed1');
  expect(page.look().events.length).toBeGreaterThan(0);
  writeFileSync(join(folder, 'finetune-seed1', 'accuracy.csv'), '');
  begin('finetune-seed1');
  grow('finetune-seed1', 5);
  const { events, shown } = page.look();
  expect(events).toEqual([]);
  expect(shown!.steps).toEqual([0, 1, 2, 3]);
});

test('a damaged row is told, and the rows before it are kept', () => {
  const { folder, begin, grow } = growing();
  const page = reader(createFollower(folder));
  begin('er-seed1');
  grow('er-seed1', 3);
  appendFileSync(join(folder, 'er-seed1', 'accuracy.csv'), '2,0/1,seventy,,\n3,0/1,0.9,,\n');
  const { runs, shown } = page.look();
  expect(runs[2]).toMatchObject({
    status: 'running',
    done: 1,
    reason: expect.stringMatching(/^accuracy\.csv, row 4: a value/),
  });
  expect(shown!.steps).toEqual([0, 1]);
});

test('a folder of experiments: those that come later, and runs that were not planned, are among them', () => {
  const root = temporaryFolder();
  const page = reader(createFollower(root));
  expect(page.look().runs).toEqual([]);
  const first = growing(join(root, 'first'));
  first.begin('er-seed1');
  expect(statuses(page.look())[2]).toBe('first/er-seed1 running');
  const second = growing(join(root, 'second'));
  second.begin('er-seed2');
  mkdirSync(join(root, 'second', 'extra'));
  writeFileSync(join(root, 'second', 'extra', 'accuracy.csv'), 'step,training_task,a\n0,a,0.5\n');
  const all = page.look();
  expect(all.runs).toHaveLength(9);
  expect(all.runs.at(-1)).toMatchObject({ run: 'second/extra', status: 'unknown', accuracy: 0.5, method: 'extra' });
  rmSync(join(root, 'first'), { recursive: true });
  expect(page.look().runs.every(({ run }) => run.startsWith('second/'))).toBe(true);
});

test('a run folder alone, and the run that a page asks for', () => {
  const { folder, begin, grow } = growing();
  for (const run of ['er-seed1', 'er-seed2']) {
    begin(run);
    grow(run, 4);
  }
  const alone = reader(createFollower(join(folder, 'er-seed2'))).look();
  expect(alone.runs).toMatchObject([{ run: 'er-seed2', method: 'er', seed: 2, status: 'running' }]);
  expect(alone.shown!.steps).toEqual([0, 1, 2]);
  expect(reader(createFollower(folder), 'er-seed2').look().shown!.run).toBe('er-seed2');
  expect(reader(createFollower(folder), '../made-up/er-seed2').look().shown).toBeNull();
});

test('a plan cannot lead out of its folder', () => {
  const root = temporaryFolder();
  const other = growing(join(root, 'other'));
  other.begin('er-seed1');
  mkdirSync(join(root, 'plan'));
  const plan = { methods: [{ label: '../other/er' }, { label: 'er' }], seeds: [1] };
  writeFileSync(join(root, 'plan', 'experiment.json'), JSON.stringify(plan));
  expect(statuses(reader(createFollower(join(root, 'plan'))).look())).toEqual(['er-seed1 planned']);
});
