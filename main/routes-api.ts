import type { CancelSignal } from '../app/base/cancel-signal';
import type { Event } from '../app/base/emitter';
import type { AppError } from '../app/base/errors';
import type { Classification } from '../app/contract/inference';
import type { RouteFigures, RouteRate } from '../app/contract/route-figures';
import type {
  Decision,
  DifferingAnswer,
  DryRun,
  Feedback,
  Route,
  RouteDraft,
  RoutePreview,
  RoutesChange,
  RoutesSnapshot,
  RouteView,
  Verdict,
} from '../app/contract/routes';
import type { RecordedRequest } from './traffic/dry-run';
import type { RequestAttributes } from './traffic/request-attributes';
import type { Undoable } from './undoable';

/** Where a route sent a request. */
export interface Routed extends Decision {
  readonly route: string;
  readonly model: string;
  readonly version: number;
}

/** What a client's request says beside its body, for routes, and who wants to know where it went. */
export interface Caller {
  readonly attributes: RequestAttributes;
  /** Called when a route has chosen, and again when another arm had to step in. */
  readonly onRouted?: (routed: Routed) => void;
}

/** What people do to routes. Every method throws `AppError`. */
export interface Routes {
  snapshot(): RoutesSnapshot;
  get(name: string): RouteView | undefined;
  readonly onDidChange: Event<RoutesChange>;
  readonly onDidCount: Event<RouteRate[]>;
  /** What a draft would be. `replaces` is the route that it is a change of. */
  preview(draft: RouteDraft, replaces: string | null): Promise<RoutePreview>;
  /** Sends what was recorded of late, or `requests`, through a draft and to nobody. */
  dryRun(
    draft: RouteDraft,
    replaces: string | null,
    sinceMs?: number,
    requests?: Iterable<RecordedRequest>,
  ): Promise<DryRun>;
  /** As a whole or not at all. Throws ROUTE_INVALID, ROUTE_NOT_FOUND, MODEL_NAME_TAKEN. */
  save(route: Route, replaces: string | null): Promise<Undoable>;
  remove(name: string): Promise<Undoable>;
  stopArm(name: string, arm: string, isStopped: boolean): Promise<Undoable>;
  switchShadow(name: string, isOn: boolean): Promise<Undoable>;
  figures(name: string, window: '5min' | '1h'): Promise<RouteFigures>;
  /** What the shadow answered otherwise, the newest first. */
  differing(name: string, before: number | undefined, limit: number): Promise<DifferingAnswer[]>;
  /** Null where it was no picture, or is no longer kept. */
  differingPicture(name: string, id: number): Promise<Uint8Array | null>;
  /** What came of an answer. Throws ROUTE_REQUEST_UNKNOWN, and INVALID_ARGUMENT for a label where the answer names no single class. */
  feedback(name: string, requestId: string, verdict: Verdict): Promise<void>;
  /** Of many answers, in order; for each what `feedback` would throw, or null. */
  feedbackAll(name: string, said: readonly Feedback[]): Promise<(AppError | null)[]>;
  /** Asks a route as a client would that sends these headers. */
  classify(request: RouteClassifyRequest, signal?: CancelSignal): Promise<RoutedClassification>;
}

export interface RouteClassifyRequest {
  readonly route: string;
  /** An encoded picture. */
  readonly picture: Uint8Array;
  readonly top: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RoutedClassification {
  readonly requestId: string;
  readonly decision: Decision;
  readonly classification: Classification;
}

/** What asks routes. */
export interface RouteRequests {
  classify(request: RouteClassifyRequest, signal?: CancelSignal): Promise<RoutedClassification>;
}
