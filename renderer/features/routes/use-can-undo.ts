import { useCallback, useSyncExternalStore } from 'react';
import { useServices } from '../../services';

/** Is there a change of this route that can be taken back? */
export function useCanUndo(route: string): boolean {
  const { actions } = useServices();
  const subscribe = useCallback(
    (onChange: () => void) => {
      const listening = actions.onDidChangeUndo(onChange);
      return () => listening.dispose();
    },
    [actions],
  );
  return useSyncExternalStore(subscribe, () => actions.canUndo(route));
}
