import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import type { Targets } from './arm-look';

/** Everything that an arm can lead to: models and other routes. */
export function useTargets(): Targets {
  const { models, routes } = useServices();
  const byName = useStore(models.store, (state) => state.byName);
  const views = useStore(routes.store, (state) => state.byName);
  return useMemo(() => ({ models: byName, isRoute: (name) => views.has(name) }), [byName, views]);
}
