import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { AnswerGist } from '../../app/contract/routes';
import { agree } from '../traffic/gist';
import type { RequestAttributes } from '../traffic/request-attributes';
import type { Destination, Leaf, Router } from '../traffic/router';
import { ShadowQueue } from '../traffic/shadow-queue';
import type { TrafficLedger } from '../traffic/traffic-ledger';
import type { InteractiveLoad } from './interactive-load';
import type { Asking } from './route-asking';

export interface RouteShadowsParts {
  readonly ledger: TrafficLedger;
  readonly load: Pick<InteractiveLoad, 'rest'>;
  readonly clock: Clock;
}

/** A copy may take so long, so that one slow version does not hold up the copies of others. */
const copyTimeoutMs = 30_000;
/** A copy is begun when nobody has waited for an answer for so long: until then the last one is still on its way out, and its client awake. */
const restMs = 2;
/** Where somebody always waits, so often all the same. */
const patienceMs = 250;
/** Larger pictures are compared, but not kept. */
const maxPictureBytes = 256 * 1024;

/** Sends copies of answered requests to the shadows of their routes, and compares what these say. */
export class RouteShadows {
  readonly #parts: RouteShadowsParts;
  readonly #queues = new Map<string, ShadowQueue>();

  constructor(parts: RouteShadowsParts) {
    this.#parts = parts;
  }

  /** Returns at once; whoever asked has its answer already, and waits for nothing here. */
  offer<T>(
    router: Router,
    { hops, leaf }: Destination,
    attributes: RequestAttributes,
    asking: Asking<T>,
    gist: AnswerGist | null,
  ): void {
    for (const hop of hops) {
      const route = router.get(hop.route);
      const arm = route?.shadow;
      if (!route || !arm || !route.isCopied(attributes)) continue;
      const target = router.reach(arm, attributes)?.leaf ?? null;
      const given = { arm: hop.arm, model: leaf.model, version: leaf.version, gist };
      const isTaken =
        target !== null &&
        this.#queueOf(hop.route).offer(asking.bytes, () =>
          this.#copy(hop.route, arm.id, target, attributes.requestId, asking, given),
        );
      if (!isTaken) this.#parts.ledger.noteCopy(hop.route, arm.id, 'dropped');
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  async #copy<T>(
    route: string,
    arm: string,
    target: Leaf,
    requestId: string,
    asking: Asking<T>,
    given: {
      readonly arm: string;
      readonly model: string;
      readonly version: number;
      gist: AnswerGist | null;
    },
  ): Promise<void> {
    const { ledger, clock } = this.#parts;
    const patience = new AbortController();
    const timer = clock.schedule(copyTimeoutMs, () => patience.abort());
    try {
      const answer = await asking.ask(target, { isImpatient: true, isCopy: true }, patience.signal);
      const gist = asking.gistOf(answer);
      if (!gist || !given.gist) return ledger.noteCopy(route, arm, 'failed');
      if (agree(given.gist, gist)) return ledger.noteCopy(route, arm, 'agreed');
      const isKept = asking.picture !== null && asking.picture.length <= maxPictureBytes;
      ledger.noteCopy(route, arm, 'differed', {
        route,
        requestId,
        atMs: clock.now(),
        given: { ...given, gist: given.gist },
        shadow: { arm, model: target.model, version: target.version, gist },
        picture: isKept ? asking.picture : null,
      });
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      ledger.noteCopy(route, arm, 'failed');
    } finally {
      timer.dispose();
    }
  }

  #queueOf(route: string): ShadowQueue {
    let queue = this.#queues.get(route);
    if (!queue) {
      queue = new ShadowQueue((isPressing) =>
        this.#parts.load.rest(() => (isPressing() ? 0 : restMs), patienceMs),
      );
      this.#queues.set(route, queue);
    }
    return queue;
  }
}
