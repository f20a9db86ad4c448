import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { AppError, reportUnexpected } from '../../../app/base/errors';
import type { In } from '../../../app/contract';
import type { RouteFigures } from '../../../app/contract/route-figures';
import { useServices } from '../../services';
import { selectRate, selectRoute } from '../../stores/routes';

export type FiguresWindow = In<'routes.figures'>['window'];

const busyMs = 1_000;
/** Without requests only the time passes. */
const idleMs = 5_000;

/** A route at work: read anew once a second while there are requests, and not at all while the window is hidden. */
export function useRouteFigures(route: string | null, window: FiguresWindow): RouteFigures | null {
  const { client, routes } = useServices();
  const [figures, setFigures] = useState<RouteFigures | null>(null);
  const view = useStore(routes.store, selectRoute(route));
  const isBusy = useStore(routes.store, (state) => route !== null && selectRate(route)(state) > 0);
  const appliedAtMs = view?.appliedAtMs;

  // biome-ignore lint/correctness/useExhaustiveDependencies: counts begin anew when it is applied
  useEffect(() => {
    if (route === null) return;
    let isWanted = true;
    let isAsking = false;
    const read = (): void => {
      if (document.hidden || isAsking) return;
      isAsking = true;
      client
        .call('routes.figures', { route, window })
        .then((next) => isWanted && setFigures(next))
        .catch((thrown: unknown) => {
          // it may just have been deleted: whoever shows it hears of that by itself
          if (isWanted && AppError.from(thrown).code !== 'ROUTE_NOT_FOUND') reportUnexpected(thrown);
        })
        .finally(() => {
          isAsking = false;
        });
    };
    read();
    const timer = setInterval(read, isBusy ? busyMs : idleMs);
    document.addEventListener('visibilitychange', read);
    return () => {
      isWanted = false;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', read);
    };
  }, [client, route, window, isBusy, appliedAtMs]);
  return figures?.route === route ? figures : null;
}
