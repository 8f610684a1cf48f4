import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createFollower } from '../../../reports/live/follower.ts';
import type { Message } from '../../../reports/live/messages.ts';
import { createStreams } from '../../../reports/live/streams.ts';
import { growing } from './growing.ts';

/** A connection that takes what it is sent, or says that it is full. */
function connection() {
  const sent: string[] = [];
  const state = { full: false };
  const response = Object.assign(new EventEmitter(), {
    write: (text: string) => {
      sent.push(text);
      return !state.full;
    },
    end: () => response.emit('close'),
  });
  return { response: response as unknown as ServerResponse, sent, state };
}

const messageOf = (text: string): Message => JSON.parse(/^data: (.*)$/m.exec(text)![1]) as Message;

test('a page that is busy is sent nothing, and then all that it missed in one message', () => {
  const { folder, begin, grow } = growing();
  begin('er-seed1');
  grow('er-seed1', 2);
  const follower = createFollower(folder);
  const streams = createStreams(follower);
  const { response, sent, state } = connection();
  follower.look();
  state.full = true;
  streams.open(response, '', '');
  expect(sent).toHaveLength(2);
  for (let i = 0; i < 5; i++) {
    grow('er-seed1', 1);
    follower.look();
    streams.tell();
  }
  expect(sent).toHaveLength(2);
  response.emit('drain');
  streams.tell();
  expect(sent).toHaveLength(3);
  expect(messageOf(sent[2]).curve).toMatchObject({ from: 1, steps: [1, 2, 3, 4, 5] });
});

test('without news there is a sign of life every 15 seconds, and nothing else', () => {
  const { folder } = growing();
  let now = 0;
  const follower = createFollower(folder);
  follower.look();
  const streams = createStreams(follower, 32, () => now);
  const { response, sent } = connection();
  streams.open(response, '', '');
  for (now = 0; now < 46_000; now += 1000) streams.tell();
  expect(sent.slice(2)).toEqual([':\n\n', ':\n\n', ':\n\n']);
});

test('a page that is gone is forgotten', () => {
  const { folder, begin } = growing();
  const follower = createFollower(folder);
  follower.look();
  const streams = createStreams(follower, 1);
  const gone = connection();
  expect(streams.open(gone.response, '', '')).toBe(true);
  expect(streams.open(connection().response, '', '')).toBe(false);
  gone.response.emit('error', new Error('EPIPE'));
  begin('er-seed1');
  follower.look();
  streams.tell();
  expect(gone.sent).toHaveLength(2);
  expect(streams.open(connection().response, '', '')).toBe(true);
});
