import { expect, test } from 'vitest';
import type { ModelEvent } from '../../../../app/contract/models';
import { createClient } from '../../../../renderer/client/client';
import { createEventsStore } from '../../../../renderer/stores/events';
import { FakeEngine } from '../../../support/fake-bridge';

const anEvent = (id: number, model = 'digits'): ModelEvent => ({
  id,
  atMs: id * 1_000,
  model,
  version: 1,
  kind: 'available',
  cause: 'policy',
  params: {},
  error: null,
});

test('the log and what is appended meanwhile become one list without doubles, oldest first', async () => {
  const engine = new FakeEngine({ events: [anEvent(1), anEvent(2)] });
  const events = createEventsStore(createClient(engine.bridge));
  const connecting = events.connect();
  engine.log(anEvent(3)); // arrives before, and again within the answer
  await connecting;
  engine.log(anEvent(4, 'flowers'));
  expect(events.store.getState().events.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
});

test('only the newest thousand stay in memory', async () => {
  const engine = new FakeEngine();
  const events = createEventsStore(createClient(engine.bridge));
  await events.connect();
  engine.log(...Array.from({ length: 1_200 }, (_, index) => anEvent(index)));
  const kept = events.store.getState().events;
  expect(kept).toHaveLength(1_000);
  expect(kept.at(0)?.id).toBe(200);
});
