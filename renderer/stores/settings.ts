import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import { type AppInfo, defaultSettings, type Settings } from '../../app/contract/settings';
import type { Client } from '../client/client';

export interface SettingsState {
  readonly settings: Settings;
  /** Null until the engine has told. */
  readonly info: AppInfo | null;
}

/** Mirror of the kept settings; `set` asks the engine, whose answer is what is shown. */
export interface SettingsStore {
  readonly store: StoreApi<SettingsState>;
  connect(): Promise<Disposable>;
  set(change: Partial<Settings>): Promise<void>;
}

export function createSettingsStore(client: Client): SettingsStore {
  const store = createStore<SettingsState>()(() => ({ settings: defaultSettings, info: null }));
  return {
    store,
    async connect() {
      const owned = new DisposableStore();
      owned.add(client.on('settings.changed', (settings) => store.setState({ settings })));
      const [settings, info] = await Promise.all([
        client.call('settings.get', undefined),
        client.call('app.info', undefined),
      ]);
      store.setState({ settings, info });
      return owned;
    },
    async set(change) {
      store.setState({ settings: await client.call('settings.set', change) });
    },
  };
}
