import type { Caller, Routed } from '../routes-api';
import type { RequestAttributes } from '../traffic/request-attributes';

/** Names the version that answered. */
const versionHeader = 'x-slipway-version';
const modelHeader = 'x-slipway-model';
const routeHeader = 'x-slipway-route';
const armHeader = 'x-slipway-arm';

const nothing = {};

/** What a call says of who makes it. */
interface CalledBy {
  readonly requestId: string;
  readonly headers: Caller['attributes']['headers'];
  /** The token's name. */
  readonly caller: string | null;
}

/**
 * Only routes and request logs look at the headers, so they are read when somebody does. A class, since an object literal with a getter
 * would keep the call after its end: docs/decisions/0016-garbage-that-keeps-garbage.md.
 */
class CalledAttributes implements RequestAttributes {
  readonly #call: CalledBy;
  readonly requestId: string;
  readonly token: string | null;
  readonly context = nothing;
  readonly parameters = nothing;

  constructor(call: CalledBy) {
    this.#call = call;
    this.requestId = call.requestId;
    this.token = call.caller;
  }

  get headers(): RequestAttributes['headers'] {
    return this.#call.headers;
  }
}

/** Who asks, as routes see it, and where a route sent the request: null until it has, and for what is no route. */
export class RoutedCall implements Caller {
  readonly attributes: Caller['attributes'];
  routed: Routed | null = null;

  constructor(call: CalledBy) {
    this.attributes = new CalledAttributes(call);
  }

  readonly onRouted = (routed: Routed): void => {
    this.routed = routed;
  };

  /** Headers or metadata that say what answered, or should have: route and arm where there is one. */
  marks(answered: { readonly model: string; readonly version: number } | null): Record<string, string> {
    const { routed } = this;
    const by = answered ?? routed;
    const marks: Record<string, string> = {};
    if (routed) {
      marks[routeHeader] = plain(routed.route);
      marks[armHeader] = routed.arm;
    }
    if (by) {
      marks[modelHeader] = plain(by.model);
      marks[versionHeader] = String(by.version);
    }
    return marks;
  }
}

/** Names may have any letters, headers only these: others are percent-encoded. */
const plain = (name: string): string => (/^[\x21-\x7e]+$/.test(name) ? name : encodeURIComponent(name));
