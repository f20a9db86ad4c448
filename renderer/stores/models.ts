import { createStore, type StoreApi } from 'zustand/vanilla';
import { reportUnexpected } from '../../app/base/errors';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import type { Memory, Model, ModelsChange, ModelsSnapshot, Version } from '../../app/contract/models';
import type { Client } from '../client/client';
import { createMirror } from './mirror';

export interface ModelsState {
  readonly phase: 'connecting' | 'live' | 'failed';
  readonly revision: number;
  readonly byName: ReadonlyMap<string, Model>;
  readonly memory: Memory;
}

/** Read-only mirror of the engine's models: only `connect` writes it, components only select from it. */
export interface ModelsStore {
  readonly store: StoreApi<ModelsState>;
  /** Takes a snapshot, then follows the changes; a gap in the revisions takes a new snapshot. */
  connect(): Promise<Disposable>;
}

const nothing: ModelsState = {
  phase: 'connecting',
  revision: 0,
  byName: new Map(),
  memory: { budgetBytes: 0, usedBytes: 0, reservedBytes: 0 },
};

const fromSnapshot = ({ revision, models, memory }: ModelsSnapshot): ModelsState => ({
  phase: 'live',
  revision,
  byName: new Map(models.map((model) => [model.name, model])),
  memory,
});

function applyChange(state: ModelsState, change: ModelsChange): ModelsState {
  const byName = new Map(state.byName);
  for (const name of change.removed) byName.delete(name);
  for (const model of change.changed) byName.set(model.name, model);
  return { ...state, revision: change.revision, byName, memory: change.memory };
}

export function createModelsStore(client: Client): ModelsStore {
  const store = createStore<ModelsState>()(() => nothing);

  async function connect(): Promise<Disposable> {
    const owned = new DisposableStore();
    const { resync, follow } = createMirror<ModelsState, ModelsChange>({
      store,
      snapshot: async () => fromSnapshot(await client.call('models.list', undefined)),
      apply: applyChange,
      onFailed: (error) => {
        store.setState({ phase: 'failed' });
        reportUnexpected(error);
      },
    });

    store.setState({ phase: 'connecting' });
    owned.add(client.on('models.changed', follow));
    try {
      await resync();
    } catch (error) {
      owned.dispose();
      store.setState({ phase: 'failed' });
      throw error;
    }
    return owned;
  }
  return { store, connect };
}

export const selectModel =
  (name: string | null) =>
  (state: ModelsState): Model | undefined =>
    name === null ? undefined : state.byName.get(name);

export const selectVersion =
  (name: string, version: number) =>
  (state: ModelsState): Version | undefined =>
    state.byName.get(name)?.versions.find((candidate) => candidate.version === version);

/** A fresh array each time: read it through `useShallow`. */
export const selectModelNames = (state: ModelsState): string[] =>
  [...state.byName.keys()].sort((a, b) => a.localeCompare(b));

export const selectModelCount = (state: ModelsState): number => state.byName.size;
