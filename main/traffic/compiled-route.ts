import type { Arm, Attribute, Route, Share } from '../../app/contract/routes';
import { compileConditions, type Fits } from './conditions';
import { fractionOf, type Seed, seedOf } from './murmur';
import { rendezvous, type Weighted } from './rendezvous';
import { attributeReader, type ReadAttribute, type RequestAttributes } from './request-attributes';

/** An arm as the routing needs it. */
export interface CompiledArm extends Arm {
  /** Names it among all arms of all routes. */
  readonly address: string;
}

interface Candidate extends Weighted {
  readonly arm: CompiledArm;
}

interface CompiledRule {
  readonly id: string;
  readonly fits: Fits;
  readonly candidates: readonly Candidate[];
}

/** What the split says, before anybody asks whether the arm is available. */
export interface Choice {
  /** Undefined when every arm of the split is stopped. */
  readonly arm: CompiledArm | undefined;
  /** Null for everyone else. */
  readonly rule: string | null;
  /** What kept it with its arm; null when the request was on its own. */
  readonly key: string | null;
}

/** A route made ready to decide quickly. It never changes: a changed route is compiled anew. */
export class CompiledRoute {
  readonly route: Route;
  readonly #arms: ReadonlyMap<string, CompiledArm>;
  readonly #rules: readonly CompiledRule[];
  readonly #everyone: readonly Candidate[];
  readonly #readKey: ReadAttribute | null;
  readonly #shadowSeed: Seed;
  readonly #shadowPart: number;
  readonly fallback: readonly CompiledArm[];
  readonly overflow: { readonly arm: CompiledArm; readonly whenWaiting: number } | null;
  /** Where copies go; null while they are switched off. */
  readonly shadow: CompiledArm | null;
  /** Does it look into bodies? */
  readonly needsBody: { readonly context: boolean; readonly parameters: boolean };

  /** References to arms that do not exist lead nowhere, so a draft that is not right yet can be tried as well. */
  constructor(route: Route) {
    this.route = route;
    this.#arms = new Map(route.arms.map((arm) => [arm.id, { ...arm, address: `${route.name}\n${arm.id}` }]));
    this.#readKey = route.stickyBy && attributeReader(route.stickyBy, null);
    this.#rules = route.rules.map(({ id, when, split }) => ({
      id,
      fits: compileConditions(when, this.#readKey),
      candidates: this.#candidates(split),
    }));
    this.#everyone = this.#candidates(route.split);
    this.fallback = route.fallback.flatMap((id) => this.#arms.get(id) ?? []);
    const overflowArm = route.overflow && this.#arms.get(route.overflow.arm);
    this.overflow =
      route.overflow && overflowArm ? { arm: overflowArm, whenWaiting: route.overflow.whenWaiting } : null;
    this.shadow = (route.shadow?.isOn && this.#arms.get(route.shadow.arm)) || null;
    this.#shadowSeed = seedOf(route.name, 'shadow', '');
    this.#shadowPart = (route.shadow?.percent ?? 0) / 100;
    const read = attributesOf(route);
    this.needsBody = {
      context: read.some(({ from }) => from === 'context'),
      parameters: read.some(({ from }) => from === 'parameter'),
    };
  }

  get arms(): Iterable<CompiledArm> {
    return this.#arms.values();
  }

  arm(id: string): CompiledArm | undefined {
    return this.#arms.get(id);
  }

  /** The first rule that fits decides, else the split for everyone; a key keeps its arm, a request without one is decided by its id. */
  pick(request: RequestAttributes): Choice {
    const key = this.#readKey?.(request) ?? null;
    for (const { id, fits, candidates } of this.#rules)
      if (fits(request)) return this.#pickOf(candidates, id, key, request);
    return this.#pickOf(this.#everyone, null, key, request);
  }

  /** Is a copy of it to go to the shadow? Decided by the request's id, whoever sent it. */
  isCopied({ requestId }: Pick<RequestAttributes, 'requestId'>): boolean {
    return this.shadow !== null && fractionOf(requestId, this.#shadowSeed) < this.#shadowPart;
  }

  #pickOf(
    candidates: readonly Candidate[],
    rule: string | null,
    key: string | null,
    { requestId }: RequestAttributes,
  ): Choice {
    return { arm: rendezvous(candidates, key ?? requestId)?.arm, rule, key };
  }

  #candidates(split: readonly Share[]): readonly Candidate[] {
    return split.flatMap(({ arm: id, weight }) => {
      const arm = this.#arms.get(id);
      if (!arm || arm.isStopped || weight <= 0) return [];
      return [{ arm, weight, seed: seedOf(this.route.name, 'arm', id) }];
    });
  }
}

/** Everything of a request that the route looks at. */
const attributesOf = ({ rules, stickyBy }: Route): readonly Attribute[] => [
  ...rules.flatMap(({ when }) => when),
  ...(stickyBy ? [stickyBy] : []),
];
