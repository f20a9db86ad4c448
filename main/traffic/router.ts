import type { Arm, Decision, Route } from '../../app/contract/routes';
import { type CompiledArm, CompiledRoute } from './compiled-route';
import type { RequestAttributes } from './request-attributes';

/** A version that can answer, and how busy it is. */
export interface Leaf {
  readonly model: string;
  readonly version: number;
  /** Requests that wait for it. */
  readonly waiting: number;
}

/** What arms lead to, as it is now. */
export interface Targets {
  /** What would answer for this model; null while nothing would. At most one of `version` and `label` is set. */
  find(target: Pick<Arm, 'model' | 'version' | 'label'>): Leaf | null;
}

/** What one route decided about a request. */
export interface Hop extends Decision {
  readonly route: string;
  /** What keeps it with its arm; null when the request is on its own. */
  readonly key: string | null;
  /** What the split chose, whoever has to answer; null when it did not decide, or all of it is stopped. */
  readonly picked: string | null;
}

/** Where a request goes: through one route, or through one that leads to another. */
export interface Destination {
  /** The route that was asked comes first. */
  readonly hops: readonly [Hop, ...Hop[]];
  readonly leaf: Leaf;
}

/** Which version a client asked for, where it did. */
export type Asked = { readonly version: number } | { readonly label: string } | 'latest';

/** Routes may lead to routes, through so many at most. */
export const maxDepth = 4;

/** All routes, ready to decide. Pure but for what `targets` tells. */
export class Router {
  readonly #routes: ReadonlyMap<string, CompiledRoute>;
  readonly #targets: Targets;

  constructor(routes: Iterable<Route>, targets: Targets) {
    this.#routes = new Map([...routes].map((route) => [route.name, new CompiledRoute(route)]));
    this.#targets = targets;
  }

  get(name: string): CompiledRoute | undefined {
    return this.#routes.get(name);
  }

  /**
   * Where a request goes now; null when neither the chosen arm nor one that steps in is available. Arms whose address is in `without`
   * have just failed to answer. Throws nothing; the route must exist.
   */
  choose(
    name: string,
    request: RequestAttributes,
    asked: Asked = 'latest',
    without: ReadonlySet<string> = none,
  ): Destination | null {
    return this.#choose(name, request, asked, without, maxDepth);
  }

  /** What of a body has to be read before a request can be sent on its way through this route and those it leads to. */
  needsBody(name: string, depth = maxDepth): { readonly context: boolean; readonly parameters: boolean } {
    const route = this.#routes.get(name);
    if (!route || depth === 0) return { context: false, parameters: false };
    let { context, parameters } = route.needsBody;
    for (const { model } of route.arms) {
      const further = this.needsBody(model, depth - 1);
      context ||= further.context;
      parameters ||= further.parameters;
    }
    return { context, parameters };
  }

  /** What an arm would lead this request to, whatever the splits say: null when it is stopped or not available. */
  reach(arm: CompiledArm, request: RequestAttributes): { leaf: Leaf; hops: readonly Hop[] } | null {
    return this.#reach(arm, request, none, maxDepth);
  }

  #choose(
    name: string,
    request: RequestAttributes,
    asked: Asked,
    without: ReadonlySet<string>,
    depth: number,
  ): Destination | null {
    const route = this.#routes.get(name);
    if (!route || depth === 0) return null;
    if (asked !== 'latest') return this.#asked(route, request, asked, without, depth);
    const { arm, rule, key } = route.pick(request);
    let chosen = arm;
    let reason: Decision['reason'] = 'split';
    let reached = arm ? this.#reach(arm, request, without, depth) : null;
    for (const other of reached ? [] : route.fallback) {
      if (other === arm) continue;
      reached = this.#reach(other, request, without, depth);
      chosen = other;
      reason = 'fallback';
      if (reached) break;
    }
    if (!reached || !chosen) return null;
    const { overflow } = route;
    if (overflow && chosen !== overflow.arm && reached.leaf.waiting >= overflow.whenWaiting) {
      const cheaper = this.#reach(overflow.arm, request, without, depth);
      if (cheaper && cheaper.leaf.waiting < reached.leaf.waiting) {
        reached = cheaper;
        chosen = overflow.arm;
        reason = 'overflow';
      }
    }
    const hop: Hop = { route: name, arm: chosen.id, rule, reason, key, picked: arm?.id ?? null };
    return { hops: [hop, ...reached.hops], leaf: reached.leaf };
  }

  /** A client that names a version or a label gets exactly this, from the first arm that leads there. */
  #asked(
    route: CompiledRoute,
    request: RequestAttributes,
    asked: Exclude<Asked, 'latest'>,
    without: ReadonlySet<string>,
    depth: number,
  ): Destination | null {
    for (const arm of route.arms) {
      if ('label' in asked && arm.label !== asked.label) continue;
      const reached = this.#reach(arm, request, without, depth);
      if (!reached || ('version' in asked && reached.leaf.version !== asked.version)) continue;
      const { name } = route.route;
      const hop: Hop = { route: name, arm: arm.id, rule: null, reason: 'asked', key: null, picked: null };
      return { hops: [hop, ...reached.hops], leaf: reached.leaf };
    }
    return null;
  }

  #reach(arm: CompiledArm, request: RequestAttributes, without: ReadonlySet<string>, depth: number) {
    if (arm.isStopped || without.has(arm.address)) return null;
    if (this.#routes.has(arm.model)) return this.#choose(arm.model, request, 'latest', without, depth - 1);
    const leaf = this.#targets.find(arm);
    return leaf && { leaf, hops: noHops };
  }
}

const none: ReadonlySet<string> = new Set();
const noHops: readonly Hop[] = [];
