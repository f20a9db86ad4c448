import type { DryRun, RouteDraft } from '../../app/contract/routes';
import type { RequestAttributes } from './request-attributes';
import { Router, type Targets } from './router';

/** A request that came, what could decide about it, and where it went. */
export interface RecordedRequest {
  readonly atMs: number;
  readonly attributes: RequestAttributes;
  /** The arm that answered; null when none did, or it was asked of something else than a route. */
  readonly arm: string | null;
}

const examplesShown = 50;

/**
 * Sends recorded requests through a draft and to nobody. Arms that are not available now are passed over, as they would be; nothing
 * waits, so nothing overflows. `others` are the routes that it may lead to.
 */
export class DryRunner {
  readonly #draft: RouteDraft;
  readonly #router: Router;
  readonly #before = new Map<string, number>();
  readonly #after = new Map<string, number>();
  readonly #rules = new Map<string | null, number>();
  readonly #examples: DryRun['examples'] = [];
  #requests = 0;
  #fromMs: number | null = null;
  #untilMs: number | null = null;
  #moved = 0;
  #unanswered = 0;
  #copied = 0;

  constructor(draft: RouteDraft, others: Iterable<RouteDraft>, targets: Targets) {
    this.#draft = draft;
    const idle: Targets = {
      find: (target) => {
        const leaf = targets.find(target);
        return leaf && { ...leaf, waiting: 0 };
      },
    };
    this.#router = new Router([...[...others].filter(({ name }) => name !== draft.name), draft], idle);
  }

  /** The arm that a request would get; null for none. */
  add({ atMs, attributes, arm: from }: RecordedRequest): string | null {
    const { name } = this.#draft;
    const route = this.#router.get(name);
    const hop = this.#router.choose(name, attributes)?.hops[0] ?? null;
    const to = hop?.arm ?? null;
    const rule = hop ? hop.rule : (route?.pick(attributes).rule ?? null);
    this.#requests++;
    this.#fromMs = Math.min(this.#fromMs ?? atMs, atMs);
    this.#untilMs = Math.max(this.#untilMs ?? atMs, atMs);
    if (from !== null) count(this.#before, from);
    if (to !== null) count(this.#after, to);
    else this.#unanswered++;
    count(this.#rules, rule);
    if (to !== null && route?.isCopied(attributes)) this.#copied++;
    if (from === null || from === to) return to;
    this.#moved++;
    if (this.#examples.length < examplesShown) {
      const key = route?.pick(attributes).key ?? null;
      this.#examples.push({ requestId: attributes.requestId, atMs, key, from, to, rule });
    }
    return to;
  }

  result(): DryRun {
    const { arms, rules } = this.#draft;
    const names = new Set([...arms.map(({ id }) => id), ...this.#before.keys()]);
    return {
      requests: this.#requests,
      fromMs: this.#fromMs,
      untilMs: this.#untilMs,
      arms: [...names].map((arm) => ({
        arm,
        before: this.#before.get(arm) ?? 0,
        after: this.#after.get(arm) ?? 0,
      })),
      rules: [...rules.map(({ id }) => id), null].map((rule) => ({
        rule,
        requests: this.#rules.get(rule) ?? 0,
      })),
      moved: this.#moved,
      unanswered: this.#unanswered,
      copied: this.#copied,
      examples: this.#examples,
    };
  }
}

const count = <K>(counts: Map<K, number>, key: K): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
