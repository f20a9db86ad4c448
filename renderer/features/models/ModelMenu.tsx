import { Columns2, Ellipsis, FolderOpen, RefreshCw, Route as RouteIcon, Trash2 } from 'lucide-react';
import type { Model } from '../../../app/contract/models';
import { keysLabel } from '../../commands/keys';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import { IconButton } from '../../ui/IconButton';
import { Menu, type MenuEntry } from '../../ui/Menu';
import type { ModelWays } from './use-model-commands';

export interface ModelMenuProps {
  readonly model: Model;
  readonly way: ModelWays;
  readonly onRemove: () => void;
}

/** What else can be done with a model. */
export function ModelMenu({ model, way, onRemove }: ModelMenuProps) {
  const { t, actions, routeActions } = useServices();
  const platform = usePlatform();
  const hasOverrides = model.versions.some((version) => version.override !== null);
  const entries: MenuEntry[] = [
    {
      id: 'compare',
      icon: Columns2,
      label: t('model.compareNamed', { model: model.name }),
      unavailable: way.compareReason,
      onChoose: way.compare,
    },
    {
      id: 'route',
      icon: RouteIcon,
      label: t('model.newRoute', { model: model.name }),
      unavailable: model.versions.length === 0 ? t('playground.noneOnDisk', { model: model.name }) : null,
      onChoose: () => routeActions.startOver(model),
    },
    {
      id: 'folder',
      icon: FolderOpen,
      label: t('model.showFolder'),
      onChoose: () => void actions.showFolder(model.name),
    },
    { id: 'rescan', icon: RefreshCw, label: t('model.rescan'), onChoose: way.rescan },
    ...(hasOverrides
      ? [
          {
            id: 'follow',
            label: t('versions.followPolicy'),
            onChoose: () => void actions.followPolicy(model),
          },
        ]
      : []),
    {
      id: 'keepLastGood',
      label: t('keepLastGood.menu'),
      isChecked: model.keepLastGood,
      onChoose: () => void actions.setKeepLastGood(model.name, !model.keepLastGood),
    },
    {
      id: 'remove',
      icon: Trash2,
      label: t('model.remove'),
      keys: keysLabel('Delete', platform),
      isDanger: true,
      startsGroup: true,
      onChoose: onRemove,
    },
  ];
  return (
    <Menu
      trigger={<IconButton icon={Ellipsis} label={t('model.more', { model: model.name })} />}
      entries={entries}
    />
  );
}
