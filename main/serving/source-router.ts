import { AppError, reportUnexpected } from '../../app/base/errors';
import type { ServableData } from './servable-data';
import type { AspiredVersionsCallback, Source, Target } from './source';

/** A route that drops the list. */
export const noRoute = -1;

/** Picks the output port for a list, or `noRoute`. */
export type Route<T> = (name: string, versions: readonly ServableData<T>[]) => number;

/**
 * Sends each list, unchanged, to one of its ports. Lists are kept until every port is connected (the latest of each stream).
 * A route to a port that does not exist is reported and the list dropped. Source: TensorFlow Serving, core/source_router.h.
 */
export class SourceRouter<T> implements Target<T> {
  readonly ports: readonly Source<T>[];
  readonly #route: Route<T>;
  readonly #callbacks: (AspiredVersionsCallback<T> | undefined)[];
  readonly #early = new Map<string, readonly ServableData<T>[]>();
  #isDetached = false;

  constructor(portCount: number, route: Route<T>) {
    this.#route = route;
    this.#callbacks = Array.from({ length: portCount }, () => undefined);
    this.ports = Array.from({ length: portCount }, (_, port) => ({
      setAspiredVersionsCallback: (callback) => this.#connect(port, callback),
    }));
  }

  aspiredVersionsCallback(): AspiredVersionsCallback<T> {
    return (name, versions) => {
      if (this.#isDetached) return;
      if (this.#isConnected()) this.#send(name, versions);
      else this.#early.set(name, versions);
    };
  }

  detach(): void {
    this.#isDetached = true;
    this.#early.clear();
  }

  #connect(port: number, callback: AspiredVersionsCallback<T>): void {
    this.#callbacks[port] = callback;
    if (!this.#isConnected()) return;
    const early = [...this.#early];
    this.#early.clear();
    for (const [name, versions] of early) this.#send(name, versions);
  }

  #isConnected(): boolean {
    return this.#callbacks.every((callback) => callback !== undefined);
  }

  #send(name: string, versions: readonly ServableData<T>[]): void {
    const port = this.#route(name, versions);
    if (port === noRoute) return;
    const callback = this.#callbacks[port];
    if (callback) callback(name, versions);
    else reportUnexpected(new Error(`Route of ${name} to port ${port} of ${this.#callbacks.length}`));
  }
}

/** One port per substring of the servable's name, the first that is contained wins, and a last port for all others. */
export function staticSourceRouter<T>(substrings: readonly string[]): SourceRouter<T> {
  return new SourceRouter<T>(substrings.length + 1, (name) => {
    const port = substrings.findIndex((it) => name.includes(it));
    return port < 0 ? substrings.length : port;
  });
}

/** Name of a servable stream to port. */
export type Routes = ReadonlyMap<string, number>;

/** Routes by a map that can be replaced while running; the last port takes every name that the map lacks. */
export class DynamicSourceRouter<T> extends SourceRouter<T> {
  readonly #portCount: number;
  readonly #current: { routes: Routes };

  /** Throws INVALID_ARGUMENT for a route to the last port or to one that does not exist. */
  constructor(portCount: number, routes: Routes) {
    const current = { routes: checkedRoutes(portCount, routes) };
    super(portCount, (name) => current.routes.get(name) ?? portCount - 1);
    this.#portCount = portCount;
    this.#current = current;
  }

  /** Replaces the whole map, or throws INVALID_ARGUMENT and keeps the old one. Old lists are not sent again. */
  updateRoutes(routes: Routes): void {
    this.#current.routes = checkedRoutes(this.#portCount, routes);
  }
}

function checkedRoutes(portCount: number, routes: Routes): Routes {
  for (const [name, port] of routes) {
    if (Number.isInteger(port) && port >= 0 && port < portCount - 1) continue;
    throw new AppError(
      'INVALID_ARGUMENT',
      { name },
      { detail: `Route of ${name} to port ${port}: only 0 to ${portCount - 2} can be routed to` },
    );
  }
  return new Map(routes);
}
