import type { Model } from '../../app/contract/models';
import { type Route, type RouteDraft, routeSchema } from '../../app/contract/routes';
import type { Client } from '../client/client';
import { newRouteOver, withChangedArm } from '../features/routes/route-draft';
import type { Translator } from '../messages/translator';
import type { ModelActions } from './model-actions';
import type { RouteDrafts } from './route-drafts';
import type { Router } from './router';
import type { Toasts } from './toasts';

/** What people do to routes from anywhere on the page. Nothing here throws: failures become messages. */
export interface RouteActions {
  /** Applies a draft, of a route or of a new one, and lets go of it. True when it is applied. */
  save(draft: RouteDraft, replaces: string | null): Promise<boolean>;
  remove(route: string): Promise<void>;
  /** At once, without a draft; one that there is learns of it. */
  stopArm(route: string, arm: string, isStopped: boolean): Promise<void>;
  switchShadow(route: string, isOn: boolean): Promise<void>;
  open(route: string): void;
  /** Begins a new route over a model's versions, in the place of one that was being built. */
  startOver(model: Model): void;
}

export interface RouteActionsParts {
  readonly client: Client;
  readonly router: Router;
  readonly toasts: Toasts;
  readonly drafts: RouteDrafts;
  /** Names of models and routes: a new route needs another one. */
  readonly takenNames: () => readonly string[];
  readonly actions: Pick<ModelActions, 'offerUndo'>;
  readonly t: Translator['t'];
}

export function createRouteActions({
  client,
  router,
  toasts,
  drafts,
  takenNames,
  actions,
  t,
}: RouteActionsParts): RouteActions {
  const attempt = async (action: () => Promise<void>): Promise<boolean> => {
    try {
      await action();
      return true;
    } catch (thrown) {
      toasts.fail(thrown);
      return false;
    }
  };
  const open = (name: string): void =>
    router.navigate({ area: 'endpoints', shown: { kind: 'route', name, tab: 'traffic' } });

  return {
    open,
    startOver(model) {
      drafts.setFresh(newRouteOver(model, takenNames()));
      router.navigate({ area: 'endpoints', shown: { kind: 'newRoute' } });
    },
    save: (draft, replaces) =>
      attempt(async () => {
        const route: Route = routeSchema.parse(draft);
        const { undo } = await client.call('routes.save', { route, replaces });
        if (replaces === null) drafts.setFresh(null);
        else drafts.giveUp(replaces);
        const { name } = route;
        actions.offerUndo(t(replaces === null ? 'routes.created' : 'routes.applied', { name }), undo, name);
        if (replaces === null) open(name);
      }),
    async remove(route) {
      await attempt(async () => {
        const { undo } = await client.call('routes.remove', { route });
        drafts.giveUp(route);
        actions.offerUndo(t('routes.removed', { name: route }), undo, route);
      });
    },
    async stopArm(route, arm, isStopped) {
      await attempt(async () => {
        const { undo } = await client.call('routes.stopArm', { route, arm, isStopped });
        drafts.amend(route, (draft) => withChangedArm(draft, arm, { isStopped }));
        actions.offerUndo(t(isStopped ? 'routes.armStopped' : 'routes.armStarted', { arm }), undo, route);
      });
    },
    async switchShadow(route, isOn) {
      await attempt(async () => {
        const { undo } = await client.call('routes.switchShadow', { route, isOn });
        drafts.amend(route, (draft) => ({ ...draft, shadow: draft.shadow && { ...draft.shadow, isOn } }));
        actions.offerUndo(t(isOn ? 'routes.shadowOn' : 'routes.shadowOff', { name: route }), undo, route);
      });
    },
  };
}
