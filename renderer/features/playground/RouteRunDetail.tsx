import { Play, Route as RouteIcon } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Model } from '../../../app/contract/models';
import type { RouteView } from '../../../app/contract/routes';
import { keysLabel } from '../../commands/keys';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import type { TakePictures } from '../../stores/pictures';
import { picturesAtHand } from '../../stores/playground';
import type { VersionRef } from '../../stores/router';
import { Button } from '../../ui/Button';
import { Chip } from '../../ui/Chip';
import { useCommands } from '../../ui/use-commands';
import { AnswerColumn } from './AnswerColumn';
import columns from './Columns.module.css';
import { RouteInput } from './RouteInput';
import { RunHeader } from './RunHeader';
import type { Run } from './recent-runs';
import { choosePicturesCommand, compareCommand, runCommand } from './run-commands';
import { useCompareAtHand } from './use-compare-at-hand';

export interface RouteRunDetailProps {
  readonly models: readonly Model[];
  readonly routes: readonly RouteView[];
  readonly view: RouteView;
  /** The selected run, when it is of this route. */
  readonly run: Run | undefined;
  readonly onTake: TakePictures;
  readonly onShowRecent: () => void;
}

/** What would answer now, each version once, oldest first: what Compare sets beside each other. */
function versionsBehind({ arms }: RouteView): VersionRef[] {
  const refs = arms.flatMap(({ model, version }) =>
    model === null || version === null ? [] : [{ model, version }],
  );
  const byKey = new Map(refs.map((ref) => [`${ref.model} ${ref.version}`, ref]));
  return [...byKey.values()].sort((a, b) => a.version - b.version);
}

/** One route with the picture at hand: asked as a client would, it says which version answered and why. */
export function RouteRunDetail({ models, routes, view, run, onTake, onShowRecent }: RouteRunDetailProps) {
  const { t, playground, pictures, routeActions, toasts } = useServices();
  const compareAtHand = useCompareAtHand();
  const platform = usePlatform();
  const picture = useStore(playground.store, (state) => state.picture);
  const { name } = view.route;
  const isAble = view.arms.some(({ state }) => state === 'available');
  const unavailable = !isAble
    ? t('playground.runNoArm', { route: name })
    : picture === null
      ? t('playground.runNoPicture')
      : null;

  const runAgain = useMemo(
    () =>
      runCommand(t('playground.run'), unavailable, () =>
        playground.runRoute(name, picturesAtHand(playground.store.getState())),
      ),
    [name, playground, t, unavailable],
  );
  const compareArms = useMemo(
    () => compareCommand(t('playground.compareArms'), () => compareAtHand(versionsBehind(view))),
    [compareAtHand, t, view],
  );
  const commands = useMemo(
    () => [runAgain, choosePicturesCommand(t, () => void pictures.choose().catch(toasts.fail)), compareArms],
    [compareArms, pictures, runAgain, t, toasts],
  );
  useCommands(commands);

  return (
    <>
      <RunHeader
        models={models}
        routes={routes}
        target={name}
        run={runAgain}
        runIcon={Play}
        compare={compareArms}
        onShowRecent={onShowRecent}
      >
        <Chip icon={RouteIcon}>{t('routes.route')}</Chip>
        <Button size="sm" look="link" onClick={() => routeActions.open(name)}>
          {t('playground.openRoute')}
        </Button>
      </RunHeader>
      <div className={columns['columns']}>
        <RouteInput view={view} models={models} picture={picture} onTake={onTake} />
        <AnswerColumn
          run={run}
          hasPicture={picture !== null}
          heading={t('playground.answerOfRoute', { route: name })}
          notRun={t('playground.notRunRoute', { route: name })}
          runKeys={keysLabel('$mod+Enter', platform)}
          onRunAgain={runAgain.run}
        />
      </div>
    </>
  );
}
