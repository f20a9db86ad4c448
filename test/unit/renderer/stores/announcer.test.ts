import { expect, test } from 'vitest';
import { createAnnouncer } from '../../../../renderer/stores/announcer';
import { FakeClock } from '../../../support/fake-clock';

test('texts are spoken one a second, in order', async () => {
  const clock = new FakeClock();
  const announcer = createAnnouncer(clock);
  announcer.polite('Loading');
  announcer.polite('Available');
  expect(announcer.store.getState().polite).toBe('Loading');
  await clock.advance(999);
  expect(announcer.store.getState().polite).toBe('Loading');
  await clock.advance(1);
  expect(announcer.store.getState().polite).toBe('Available');
});

test('of a flood only the newest three wait, so that speech does not lag behind', async () => {
  const clock = new FakeClock();
  const announcer = createAnnouncer(clock);
  for (let count = 0; count < 10; count++) announcer.polite(`text ${count}`);
  const spoken: string[] = [];
  announcer.store.subscribe(({ polite }) => spoken.push(polite));
  await clock.advance(10_000);
  expect(spoken).toEqual(['text 7', 'text 8', 'text 9']);
});

test('failures do not wait behind results', () => {
  const announcer = createAnnouncer(new FakeClock());
  announcer.polite('Available');
  announcer.assertive('Failed');
  expect(announcer.store.getState()).toEqual({ polite: 'Available', assertive: 'Failed' });
});
