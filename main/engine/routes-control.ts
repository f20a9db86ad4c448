import type { Route } from '../../app/contract/routes';
import type { Occasion } from './chronicle';
import type { Inverse } from './entry-patch';
import type { RouteEntry } from './route-entry';

/** What routes do when models change with them. */
export interface RoutesControl {
  takeBack(inverse: Extract<Inverse, { kind: 'route' }>): Promise<void>;
  /** The entry for a route that is to be applied now, in the place of the one before. */
  stamped(route: Route): RouteEntry;
  /** Carries out what the registry holds by now; `before` is what it held. */
  carryOut(before: ReadonlyMap<string, RouteEntry | undefined>, occasion: Occasion): void;
}
