import { createStore, type StoreApi } from 'zustand/vanilla';
import { AppError, type WireError } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { Description, Preprocessing } from '../../app/contract/inference';
import type { ModelEvent } from '../../app/contract/models';
import type { Client } from '../client/client';
import type { VersionRef } from './router';

export type DescriptionEntry =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly description: Description }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface DescriptionsState {
  readonly byVersion: ReadonlyMap<string, DescriptionEntry>;
}

/** What each version takes and gives, asked for once and again after it was loaded anew or its settings changed. */
export interface DescriptionsStore {
  readonly store: StoreApi<DescriptionsState>;
  connect(): Disposable;
  /** Asks unless it is known or on its way; a failure is asked again. */
  load(ref: VersionRef): Promise<void>;
  /** Keeps preprocessing with the version; null goes back to what was inferred. Answers what takes it back. Throws `AppError`. */
  setPreprocessing(ref: VersionRef, preprocessing: Preprocessing | null): Promise<string | null>;
  /** The same for the names of its classes; null goes back to what was found. */
  setClassNames(ref: VersionRef, names: readonly string[] | null): Promise<string | null>;
}

/** Does an event of this kind, about a version, change what it answers while it stays loaded? */
export const changesAnswers = (kind: ModelEvent['kind']): boolean =>
  kind === 'preprocessingSet' || kind === 'classNamesSet' || kind === 'undone';

export const versionKey = ({ model, version }: VersionRef): string => `${model}@${version}`;

export function createDescriptionsStore(client: Client): DescriptionsStore {
  const store = createStore<DescriptionsState>()(() => ({ byVersion: new Map() }));
  const put = (ref: VersionRef, entry: DescriptionEntry): void =>
    store.setState(({ byVersion }) => ({ byVersion: new Map(byVersion).set(versionKey(ref), entry) }));

  async function ask(ref: VersionRef): Promise<void> {
    try {
      put(ref, { kind: 'ready', description: await client.call('models.describe', ref) });
    } catch (thrown) {
      put(ref, { kind: 'failed', error: AppError.from(thrown).toWire() });
    }
  }

  return {
    store,
    connect: () =>
      client.on('events.appended', (events) => {
        for (const { kind, model, version } of events) {
          if (version === null || (kind !== 'available' && !changesAnswers(kind))) continue;
          // what is known stays in sight until the new answer is there
          if (store.getState().byVersion.has(versionKey({ model, version }))) void ask({ model, version });
        }
      }),
    async load(ref) {
      const known = store.getState().byVersion.get(versionKey(ref));
      if (known !== undefined && known.kind !== 'failed') return;
      put(ref, { kind: 'loading' });
      await ask(ref);
    },
    async setPreprocessing(ref, preprocessing) {
      const { description, undo } = await client.call('models.setPreprocessing', { ...ref, preprocessing });
      put(ref, { kind: 'ready', description });
      return undo;
    },
    async setClassNames(ref, names) {
      const input = { ...ref, names: names && [...names] };
      const { description, undo } = await client.call('models.setClassNames', input);
      put(ref, { kind: 'ready', description });
      return undo;
    },
  };
}

export const selectDescription =
  (ref: VersionRef | null) =>
  ({ byVersion }: DescriptionsState): DescriptionEntry | undefined =>
    ref === null ? undefined : byVersion.get(versionKey(ref));
