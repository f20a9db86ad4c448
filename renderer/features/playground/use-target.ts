import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Model, Version } from '../../../app/contract/models';
import type { RouteView } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { currentRoute } from '../../stores/router';
import { findTarget } from './target';

export interface Target {
  /** All models, by name. */
  readonly models: readonly Model[];
  /** All routes, by name. */
  readonly routes: readonly RouteView[];
  /** Set when the page is about a route; then there is no model and no version. */
  readonly route: RouteView | undefined;
  readonly model: Model | undefined;
  readonly version: Version | undefined;
}

/** The version or route that the page is about: what the place names, else the likeliest version. */
export function useTarget(): Target {
  const { models: mirror, routes: views, router } = useServices();
  const byName = useStore(mirror.store, (state) => state.byName);
  const routesByName = useStore(views.store, (state) => state.byName);
  const place = useStore(router.store, currentRoute);
  return useMemo(() => {
    const models = [...byName.values()].sort((a, b) => a.name.localeCompare(b.name));
    const routes = [...routesByName.values()].sort((a, b) => a.route.name.localeCompare(b.route.name));
    const wanted =
      place.area === 'playground'
        ? { model: place.model, version: place.version }
        : { model: null, version: null };
    const route = wanted.model === null ? undefined : routesByName.get(wanted.model);
    if (route) return { models, routes, route, model: undefined, version: undefined };
    return { models, routes, route, ...findTarget(models, wanted) };
  }, [byName, routesByName, place]);
}
