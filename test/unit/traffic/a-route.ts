import { type NewRoute, type Route, routeSchema } from '../../../app/contract/routes';
import type { RequestAttributes } from '../../../main/traffic/request-attributes';
import type { Leaf, Targets } from '../../../main/traffic/router';

/** A route over versions of one model: arm `v1` leads to version 1, and so on. */
export const aRoute = (weights: Readonly<Record<string, number>>, more: Partial<NewRoute> = {}): Route =>
  routeSchema.parse({
    name: 'shop',
    arms: Object.keys(weights).map((id) => ({ id, model: 'clothes', version: Number(id.slice(1)) })),
    split: splitOf(weights),
    stickyBy: { from: 'header', name: 'x-user' },
    ...more,
  });

export const splitOf = (weights: Readonly<Record<string, number>>) =>
  Object.entries(weights).map(([arm, weight]) => ({ arm, weight }));

export const aRequest = (more: Partial<RequestAttributes> = {}): RequestAttributes => ({
  requestId: 'request-1',
  headers: {},
  token: null,
  context: {},
  parameters: {},
  ...more,
});

export const fromUser = (user: string, more: Partial<RequestAttributes> = {}): RequestAttributes =>
  aRequest({ ...more, headers: { ...more.headers, 'x-user': user } });

/** Every version of every model answers, but for those that are taken away; queues as set. */
export class FakeTargets implements Targets {
  readonly gone = new Set<number>();
  readonly waiting = new Map<number, number>();

  find({ model, version }: { readonly model: string; readonly version: number | null }): Leaf | null {
    const answers = version ?? 1;
    return this.gone.has(answers)
      ? null
      : { model, version: answers, waiting: this.waiting.get(answers) ?? 0 };
  }
}
