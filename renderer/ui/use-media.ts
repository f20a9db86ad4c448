import { useCallback, useSyncExternalStore } from 'react';

/** Does the media query match right now? Follows the window as it changes. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', onChange);
      return () => media.removeEventListener('change', onChange);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}

/** Below this the rail shrinks to icons, and lists to their main columns. */
export const narrowWindow = '(max-width: 1099px)';
/** Below this the detail takes the page, and Back returns to the list. */
export const oneColumn = '(max-width: 759px)';
/** Below this Events folds to its head, and memory moves to the status bar. */
export const lowWindow = '(max-height: 679px)';
