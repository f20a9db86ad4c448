import {
  CircleQuestionMark,
  Columns2,
  Copy,
  Ellipsis,
  FolderOpen,
  Pin,
  PinOff,
  Play,
  RotateCw,
  Tag,
} from 'lucide-react';
import { useState } from 'react';
import { canAnswer, type Model, type Version } from '../../../app/contract/models';
import { keysLabel } from '../../commands/keys';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import { Button } from '../../ui/Button';
import { IconButton } from '../../ui/IconButton';
import { Menu, type MenuEntry } from '../../ui/Menu';
import { LabelsDialog } from './LabelsDialog';
import { canCancel, canUnload } from './model-state';
import styles from './VersionsTable.module.css';
import { WhyDialog } from './WhyDialog';

export interface VersionActionsProps {
  readonly model: Model;
  readonly version: Version;
}

/** The one action that its state suggests, and a menu with the rest. */
export function VersionActions({ model, version }: VersionActionsProps) {
  const { t, actions, router } = useServices();
  const platform = usePlatform();
  const [dialog, setDialog] = useState<'why' | 'labels' | null>(null);
  const close = (): void => setDialog(null);
  const ref = { model: model.name, version: version.version };
  const isAvailable = version.lifecycle === 'available';
  const isAble = canAnswer(version);
  const others = model.versions.filter((each) => canAnswer(each) && each !== version);
  const entries: MenuEntry[] = [
    {
      id: 'try',
      icon: Play,
      label: t('versions.tryThis'),
      unavailable: isAble ? null : t('versions.notAvailable'),
      onChoose: () => router.navigate({ area: 'playground', ...ref }),
    },
    {
      id: 'compare',
      icon: Columns2,
      label: t('versions.compareWith'),
      unavailable: isAble ? null : t('versions.notAvailable'),
      onChoose: () =>
        router.navigate({
          area: 'compare',
          versions: [
            ref,
            ...others.slice(0, 1).map((each) => ({ model: model.name, version: each.version })),
          ],
        }),
    },
    {
      id: 'why',
      icon: CircleQuestionMark,
      label: t('why.ask'),
      unavailable: isAvailable ? t('why.isLoaded') : null,
      startsGroup: true,
      onChoose: () => setDialog('why'),
    },
    { id: 'labels', icon: Tag, label: t('labels.menu'), onChoose: () => setDialog('labels') },
    {
      id: 'pin',
      icon: version.isPinned ? PinOff : Pin,
      label: t(version.isPinned ? 'loading.unpin' : 'loading.pin'),
      keys: keysLabel('p', platform),
      unavailable: model.loaded === 'always' && !version.isPinned ? t('loading.pinNeedless') : null,
      onChoose: () => void actions.setPinned(ref, !version.isPinned),
    },
    {
      id: 'folder',
      icon: FolderOpen,
      label: t('model.showFolder'),
      unavailable: version.isOnDisk ? null : t('versions.gone'),
      startsGroup: true,
      onChoose: () => void actions.showFolder(model.name, version.version),
    },
    ...(version.isChangedOnDisk && isAvailable
      ? [
          {
            id: 'reload',
            icon: RotateCw,
            label: t('changed.reload'),
            onChoose: () => void actions.retry(ref),
          },
        ]
      : []),
    ...(version.override === null
      ? []
      : [
          {
            id: 'follow',
            label: t('versions.followPolicy'),
            onChoose: () => void actions.followPolicy(model),
          },
        ]),
    {
      id: 'error',
      icon: Copy,
      label: t('versions.copyError'),
      unavailable: version.error ? null : t('versions.noError'),
      onChoose: () => {
        if (version.error) void actions.copyError(version.error);
      },
    },
  ];
  return (
    <span className={styles['actions']}>
      <MainAction version={version} subject={ref} />
      <Menu
        trigger={<IconButton size="sm" icon={Ellipsis} label={t('versions.moreNamed', ref)} />}
        entries={entries}
      />
      {dialog === 'why' && <WhyDialog model={model} version={version} onClose={close} />}
      {dialog === 'labels' && <LabelsDialog model={model} version={version.version} onClose={close} />}
    </span>
  );
}

interface MainActionProps {
  readonly version: Version;
  readonly subject: { readonly model: string; readonly version: number };
}

function MainAction({ version, subject }: MainActionProps) {
  const { t, actions } = useServices();
  const [isAsked, setAsked] = useState(false);
  const ask = (action: Promise<void>): void => {
    setAsked(true);
    void action.finally(() => setAsked(false));
  };
  const { lifecycle } = version;
  if (canCancel(version)) {
    return (
      <Button
        size="sm"
        look="quiet"
        isBusy={isAsked}
        aria-label={t('versions.cancelNamed', subject)}
        onClick={() => ask(actions.cancelLoad(subject))}
      >
        {t('versions.cancel')}
      </Button>
    );
  }
  if (canUnload(version)) {
    return (
      <Button
        size="sm"
        look="quiet"
        isBusy={isAsked}
        aria-label={t('versions.unloadNamed', subject)}
        onClick={() => ask(actions.unload(subject))}
      >
        {t('versions.unload')}
      </Button>
    );
  }
  if (lifecycle === 'failed') return null; // its reason stands below, with Retry beside it
  const unavailable =
    lifecycle === 'unloading' ? t('versions.unloadingNow') : version.isOnDisk ? null : t('versions.gone');
  return (
    <Button
      size="sm"
      look="quiet"
      isBusy={isAsked}
      unavailable={unavailable}
      aria-label={t('versions.loadNamed', subject)}
      onClick={() => ask(actions.load(subject))}
    >
      {t('versions.load')}
    </Button>
  );
}
