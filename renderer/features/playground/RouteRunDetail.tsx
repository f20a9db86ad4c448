import { Columns2, List, Play, Route as RouteIcon } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Model } from '../../../app/contract/models';
import type { RouteView } from '../../../app/contract/routes';
import { ariaKeys, keysLabel } from '../../commands/keys';
import type { Command } from '../../commands/registry';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import type { TakePictures } from '../../stores/pictures';
import type { VersionRef } from '../../stores/router';
import { Button } from '../../ui/Button';
import { Chip } from '../../ui/Chip';
import { IconButton } from '../../ui/IconButton';
import { PaneHead } from '../../ui/Panel';
import { useCommands } from '../../ui/use-commands';
import { AnswerColumn } from './AnswerColumn';
import { RouteInput } from './RouteInput';
import columns from './RunDetail.module.css';
import styles from './RunHeader.module.css';
import type { Run } from './recent-runs';
import { TargetPicker } from './TargetPicker';

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
  const { t, compare, playground, pictures, router, routeActions, toasts } = useServices();
  const platform = usePlatform();
  const picture = useStore(playground.store, (state) => state.picture);
  const held = useStore(playground.store, (state) => state.held);
  const { name } = view.route;
  const isAble = view.arms.some(({ state }) => state === 'available');
  const unavailable = !isAble
    ? t('playground.runNoArm', { route: name })
    : picture === null
      ? t('playground.runNoPicture')
      : null;

  const ways = useMemo(
    () => ({
      run: (): void => playground.runRoute(name, held.length > 0 ? held : picture ? [picture] : []),
      compare: (): void => {
        compare.addPictures(held.length > 0 ? held : picture ? [picture] : []);
        if (picture) compare.selectPicture(picture.id);
        router.navigate({ area: 'compare', versions: versionsBehind(view) });
      },
    }),
    [compare, held, name, picture, playground, router, view],
  );
  const commands = useMemo(
    (): readonly Command[] => [
      {
        id: 'run.again',
        title: t('playground.run'),
        group: 'run',
        keys: ['$mod+Enter'],
        unavailable: () => unavailable,
        run: ways.run,
      },
      {
        id: 'run.choosePictures',
        title: t('playground.choose'),
        group: 'run',
        run: () => void pictures.choose().catch(toasts.fail),
      },
      {
        id: 'run.compare',
        title: t('playground.compareArms'),
        group: 'run',
        keys: ['$mod+Shift+c'],
        run: ways.compare,
      },
    ],
    [pictures, t, toasts, unavailable, ways],
  );
  useCommands(commands);
  const keys = (title: string, combination: string): string =>
    t('common.shortcut', { title, keys: keysLabel(combination, platform) });

  return (
    <>
      <PaneHead>
        <span className={styles['recent']}>
          <IconButton icon={List} label={t('playground.showRecent')} onClick={onShowRecent} />
        </span>
        <TargetPicker
          models={models}
          routes={routes}
          value={name}
          onChange={(next) => router.navigate({ area: 'playground', model: next, version: null })}
        />
        <Chip icon={RouteIcon}>{t('routes.route')}</Chip>
        <Button size="sm" look="link" onClick={() => routeActions.open(name)}>
          {t('playground.openRoute')}
        </Button>
        <span className={styles['gap']} />
        <Button
          icon={Columns2}
          className={styles['compare']}
          aria-label={t('playground.compareArms')}
          aria-keyshortcuts={ariaKeys('$mod+Shift+c', platform)}
          title={keys(t('playground.compareArms'), '$mod+Shift+c')}
          onClick={ways.compare}
        >
          <span className={styles['label']}>{t('playground.compare')}</span>
        </Button>
        <Button
          look="primary"
          icon={Play}
          unavailable={unavailable}
          aria-keyshortcuts={ariaKeys('$mod+Enter', platform)}
          title={keys(t('playground.run'), '$mod+Enter')}
          onClick={ways.run}
        >
          {t('playground.run')}
        </Button>
      </PaneHead>
      <div className={columns['columns']}>
        <RouteInput view={view} models={models} picture={picture} onTake={onTake} />
        <AnswerColumn
          run={run}
          hasPicture={picture !== null}
          heading={t('playground.answerOfRoute', { route: name })}
          notRun={t('playground.notRunRoute', { route: name })}
          runKeys={keysLabel('$mod+Enter', platform)}
          onRunAgain={ways.run}
        />
      </div>
    </>
  );
}
