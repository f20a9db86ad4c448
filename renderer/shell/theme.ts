import type { StoreApi } from 'zustand/vanilla';
import { type Disposable, DisposableStore, toDisposable } from '../../app/base/lifecycle';
import type { SettingsState } from '../stores/settings';

/** Keeps the document's theme and density as the settings say; *system* follows the system as it changes. */
export function followTheme(
  store: StoreApi<SettingsState>,
  root: HTMLElement = document.documentElement,
): Disposable {
  const owned = new DisposableStore();
  const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    const { theme, density } = store.getState().settings;
    const isDark = theme === 'system' ? systemDark.matches : theme === 'dark';
    root.dataset['theme'] = isDark ? 'dark' : 'light';
    root.dataset['density'] = density;
  };
  apply();
  owned.add(toDisposable(store.subscribe(apply)));
  systemDark.addEventListener('change', apply);
  owned.add(toDisposable(() => systemDark.removeEventListener('change', apply)));
  return owned;
}
