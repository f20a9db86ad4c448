import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import type { ModelEvent } from '../../app/contract/models';
import type { Client } from '../client/client';

export interface EventsState {
  /** Oldest first. */
  readonly events: readonly ModelEvent[];
}

/** The newest part of the engine's event log. */
export interface EventsStore {
  readonly store: StoreApi<EventsState>;
  connect(): Promise<Disposable>;
}

const limit = 1000;

/** One list without doubles, oldest first, at most `limit` of the newest. */
function merge(known: readonly ModelEvent[], more: readonly ModelEvent[]): readonly ModelEvent[] {
  const byId = new Map([...known, ...more].map((event) => [event.id, event]));
  return [...byId.values()].sort((a, b) => a.id - b.id).slice(-limit);
}

export function createEventsStore(client: Client): EventsStore {
  const store = createStore<EventsState>()(() => ({ events: [] }));
  const add = (more: readonly ModelEvent[]): void =>
    store.setState(({ events }) => ({ events: merge(events, more) }));
  return {
    store,
    async connect() {
      const owned = new DisposableStore();
      owned.add(client.on('events.appended', add));
      add(await client.call('models.events', { limit }));
      return owned;
    },
  };
}
