import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { currentRoute } from '../../stores/router';
import { findTarget } from './target';

export interface Target {
  /** All models, by name. */
  readonly models: readonly Model[];
  readonly model: Model | undefined;
  readonly version: Version | undefined;
}

/** The version that the page is about: what the route names, else the likeliest. */
export function useTarget(): Target {
  const { models: mirror, router } = useServices();
  const byName = useStore(mirror.store, (state) => state.byName);
  const route = useStore(router.store, currentRoute);
  return useMemo(() => {
    const models = [...byName.values()].sort((a, b) => a.name.localeCompare(b.name));
    const wanted =
      route.area === 'playground'
        ? { model: route.model, version: route.version }
        : { model: null, version: null };
    return { models, ...findTarget(models, wanted) };
  }, [byName, route]);
}
