import { expect, test } from 'vitest';
import { createFeeds } from '../../../app/shell/feeds';

function setup() {
  const sent: unknown[] = [];
  const page = {
    send: (name: string, payload: unknown) => void sent.push([name, payload]),
    isDestroyed: () => false,
  };
  return { sent, feeds: createFeeds(() => page) };
}
const settings = {} as never;

test('requests wait until the page listens, in their order; state does not', () => {
  const { sent, feeds } = setup();
  feeds.send('command.requested', { id: 'go.models' });
  feeds.send('settings.changed', settings);
  feeds.send('drop.offered', { ticket: 't', items: [] });
  expect(sent).toEqual([]);
  feeds.markReady();
  expect(sent).toEqual([
    ['command.requested', { id: 'go.models' }],
    ['drop.offered', { ticket: 't', items: [] }],
  ]);
  feeds.send('settings.changed', settings);
  expect(sent).toHaveLength(3);
});

test('a page that loads anew is waited for again, and gets nothing twice', () => {
  const { sent, feeds } = setup();
  feeds.markReady();
  feeds.markLoading();
  feeds.send('command.requested', { id: 'view.palette' });
  expect(sent).toEqual([]);
  feeds.markReady();
  feeds.markReady();
  expect(sent).toEqual([['command.requested', { id: 'view.palette' }]]);
});

test('nothing is sent to a window that has gone', () => {
  const feeds = createFeeds(() => undefined);
  feeds.markReady();
  expect(() => feeds.send('command.requested', { id: 'x' })).not.toThrow();
});
