import { useMemo } from 'react';
import type { Command } from '../../commands/registry';
import { useServices } from '../../services';
import { useCommands } from '../../ui/use-commands';
import type { RouteEditor } from './use-route-editor';

/** Ways on from a route. */
export interface RouteWays {
  readonly try: () => void;
  readonly remove: () => void;
}

/** Registers what can be done with the route in sight, and answers the same for its buttons. */
export function useRouteCommands(editor: RouteEditor | null, onRemove: () => void): RouteWays {
  const { t, router, routeActions } = useServices();
  const name = editor?.name ?? null;
  const ways = useMemo(
    (): RouteWays => ({
      try: () => {
        if (name !== null) router.navigate({ area: 'playground', model: name, version: null });
      },
      remove: onRemove,
    }),
    [name, router, onRemove],
  );
  const isChanged = editor?.isChanged ?? false;
  const cannotApply = editor?.cannotApply ?? null;
  const apply = editor?.apply;
  const giveUp = editor?.giveUp;
  const arms = editor?.live?.route.arms;
  const looks = editor?.looks;
  const commands = useMemo((): readonly Command[] => {
    if (apply === undefined || giveUp === undefined) return [];
    return [
      {
        id: 'routes.apply',
        group: 'run',
        title: t(name === null ? 'routes.create' : 'command.routeApply'),
        unavailable: () => cannotApply,
        run: apply,
      },
      {
        id: 'routes.cancel',
        group: 'run',
        title: t('command.routeCancel'),
        unavailable: () => (isChanged ? null : t('routes.nothingToApply')),
        run: giveUp,
      },
      ...(name === null
        ? []
        : [
            {
              id: 'routes.try',
              group: 'run',
              title: t('command.routeTry', { name }),
              run: ways.try,
            } as const,
            {
              id: 'routes.remove',
              group: 'run',
              title: t('command.routeRemove', { name }),
              keys: ['Delete'],
              scope: 'list',
              run: ways.remove,
            } as const,
            ...(arms ?? []).map((arm): Command => {
              const named = { arm: looks?.get(arm.id)?.name ?? arm.id };
              return {
                id: `routes.stop ${arm.id}`,
                group: 'run',
                title: t(arm.isStopped ? 'routes.startNamed' : 'routes.stopNamed', named),
                run: () => void routeActions.stopArm(name, arm.id, !arm.isStopped),
              };
            }),
          ]),
    ];
  }, [apply, giveUp, name, cannotApply, isChanged, ways, arms, looks, routeActions, t]);
  useCommands(commands);
  return ways;
}
