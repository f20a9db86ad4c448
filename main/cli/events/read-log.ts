import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PastState } from '../../../app/contract/history';
import type { ModelEvent } from '../../../app/contract/models';
import { eventFile } from '../../engine/event-log';
import type { EventFilter } from '../../engine/event-store';
import { pastStateOf } from '../../engine/past-state';
import { rebuildState } from '../../engine/rebuild-state';
import { SqliteEventStore } from '../../engine/sqlite-event-store';
import { UsageError } from '../usage-error';

/** Newest first. Throws `UsageError` when no event log is there. */
export function readEvents(folder: string, filter: EventFilter): Promise<readonly ModelEvent[]> {
  return withStore(folder, async (store) =>
    (await store.read(filter)).map(({ change: _change, ...event }) => event),
  );
}

/** How a model stood when `atMs` was over. Throws as `readEvents`. */
export function readPast(folder: string, model: string, atMs: number): Promise<PastState> {
  return withStore(folder, async (store) => {
    const state = await rebuildState(atMs, {
      checkpointAt: (ms) => store.checkpointAt(ms),
      read: (filter) => store.read(filter),
    });
    return pastStateOf(state, model);
  });
}

async function withStore<T>(folder: string, run: (store: SqliteEventStore) => Promise<T>): Promise<T> {
  const path = join(folder, eventFile);
  if (!existsSync(path)) throw new UsageError(`There is no event log (${eventFile}) in this folder.`);
  const store = await SqliteEventStore.openToRead(path).catch(() => {
    throw new UsageError(`${eventFile} in this folder is no event log.`);
  });
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}
