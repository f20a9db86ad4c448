import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { WireError } from '../../../app/base/errors';
import type { RouteFigures } from '../../../app/contract/route-figures';
import type { DryRun, RouteDraft, RoutePreview, RouteProblem, RouteView } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { selectBase, selectDraft } from '../../stores/route-drafts';
import { selectRoute } from '../../stores/routes';
import { type ArmLooks, armLooks } from './arm-look';
import { firstError } from './problem-places';
import { isSameRoute } from './route-draft';
import { usePreview } from './use-preview';
import { useTargets } from './use-targets';

/** A route in sight with what a person changes in it: what its cards work with. */
export interface RouteEditor {
  /** Null while it is new. */
  readonly name: string | null;
  readonly live: RouteView | undefined;
  /** The route as it would be; as it is while nothing is changed. */
  readonly draft: RouteDraft;
  readonly isChanged: boolean;
  /** Somebody else changed the route since this change of it was begun. */
  readonly isOutdated: boolean;
  readonly problems: readonly RouteProblem[];
  /** Null until the engine has looked at the draft, and while nothing is changed. */
  readonly preview: RoutePreview | null;
  /** Why the engine could not look. */
  readonly previewError: WireError | null;
  readonly looks: ArmLooks;
  readonly figures: RouteFigures | null;
  /** Of this draft; null until it is made. */
  readonly dryRun: DryRun | null;
  readonly keepDryRun: (dryRun: DryRun) => void;
  readonly change: (change: (draft: RouteDraft) => RouteDraft) => void;
  readonly giveUp: () => void;
  readonly apply: () => void;
  readonly isApplying: boolean;
  /** Why it cannot be applied now. */
  readonly cannotApply: string | null;
}

const RouteEditorContext = createContext<RouteEditor | null>(null);
export const RouteEditorProvider = RouteEditorContext.Provider;

/** The route that the part of the page around is about. */
export function useRouteEditor(): RouteEditor {
  const editor = useContext(RouteEditorContext);
  if (editor === null) throw new Error('useRouteEditor needs a RouteEditorProvider above it');
  return editor;
}

const noProblems: readonly RouteProblem[] = [];

/** Null where there is neither a route of that name nor a draft. */
export function useNewEditor(name: string | null, figures: RouteFigures | null): RouteEditor | null {
  const { t, routes, routeDrafts, routeActions, routeProblem } = useServices();
  const live = useStore(routes.store, selectRoute(name));
  const changed = useStore(routeDrafts.store, selectDraft(name));
  const preview = usePreview(changed, name);
  const targets = useTargets();
  const base = useStore(routeDrafts.store, selectBase(name));
  const draft = changed ?? live?.route ?? null;
  const [isApplying, setApplying] = useState(false);
  const [kept, setKept] = useState<{ readonly of: RouteDraft; readonly dryRun: DryRun } | null>(null);

  const change = useCallback(
    (by: (draft: RouteDraft) => RouteDraft) => {
      const before = selectDraft(name)(routeDrafts.store.getState());
      const applied = selectRoute(name)(routes.store.getState())?.route;
      const from = before ?? applied;
      if (from === undefined) return;
      const next = by(from);
      if (applied === undefined) routeDrafts.setFresh(next);
      else if (isSameRoute(next, applied)) routeDrafts.giveUp(applied.name);
      else routeDrafts.change(applied, next);
    },
    [name, routeDrafts, routes],
  );
  const giveUp = useCallback(() => {
    if (name === null) routeDrafts.setFresh(null);
    else routeDrafts.giveUp(name);
  }, [name, routeDrafts]);
  const apply = useCallback(() => {
    const wanted = selectDraft(name)(routeDrafts.store.getState());
    if (wanted === null) return;
    setApplying(true);
    void routeActions.save(wanted, name).then(() => setApplying(false));
  }, [name, routeActions, routeDrafts]);
  const looks = useMemo(() => armLooks(draft?.arms ?? [], targets, t), [draft?.arms, targets, t]);
  const problems = (changed === null ? live?.problems : preview.result?.problems) ?? noProblems;
  const error = firstError(problems);
  if (draft === null) return null;
  return {
    name,
    live,
    draft,
    isChanged: changed !== null,
    isOutdated: base !== null && live !== undefined && !isSameRoute(base, live.route),
    problems,
    preview: preview.result,
    previewError: preview.error,
    looks,
    figures,
    dryRun: kept?.of === draft ? kept.dryRun : null,
    keepDryRun: (dryRun) => setKept({ of: draft, dryRun }),
    change,
    giveUp,
    apply,
    isApplying,
    cannotApply:
      changed === null
        ? t('routes.nothingToApply')
        : error
          ? routeProblem(error)
          : preview.isCurrent && preview.error === null
            ? null
            : t('common.loading'),
  };
}
