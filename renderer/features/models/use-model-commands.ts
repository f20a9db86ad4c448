import { useMemo } from 'react';
import { useStore } from 'zustand';
import { canAnswer, type Model, type Version } from '../../../app/contract/models';
import type { Command } from '../../commands/registry';
import { useServices } from '../../services';
import { selectModel } from '../../stores/models';
import { useCommands } from '../../ui/use-commands';
import { canLoad, canUnload, newestAble } from './model-state';

export interface ModelCommandParts {
  readonly name: string;
  /** The version whose row has the focus; null while none has. */
  readonly focused: number | null;
  /** The versions that are selected for comparing. */
  readonly selected: readonly number[];
  readonly onFocusVersion: (version: number) => void;
  readonly onRemove: () => void;
}

/** Ways on from a model, with the reason where one is closed. */
export interface ModelWays {
  readonly try: () => void;
  readonly tryReason: string | null;
  readonly compare: () => void;
  readonly compareReason: string | null;
  readonly rescan: () => void;
}

const target = (model: Model | undefined, focused: number | null, fits: (version: Version) => boolean) => {
  const versions = model?.versions ?? [];
  if (focused !== null) return versions.find((version) => version.version === focused && fits(version));
  return versions.find(fits);
};

/** Registers what can be done with the model in sight, and answers the same for its buttons. */
export function useModelCommands(parts: ModelCommandParts): ModelWays {
  const { name, focused, selected, onFocusVersion, onRemove } = parts;
  const { t, models, router, actions } = useServices();
  const model = useStore(models.store, selectModel(name));

  const ways = useMemo((): ModelWays => {
    const available = model ? model.versions.filter(canAnswer) : [];
    // what cannot answer yet can be loaded from its column
    const likely = [
      ...available,
      ...(model?.versions ?? []).filter((version) => !available.includes(version)),
    ];
    const compared = selected.length >= 2 ? selected : likely.slice(0, 2).map(({ version }) => version);
    const tried = target(model, focused, canAnswer) ?? (model && newestAble(model));
    return {
      tryReason: tried ? null : t('model.tryNothing'),
      try: () => router.navigate({ area: 'playground', model: name, version: tried?.version ?? null }),
      compareReason: compared.length > 0 ? null : t('model.compareNothing'),
      compare: () =>
        router.navigate({ area: 'compare', versions: compared.map((version) => ({ model: name, version })) }),
      rescan: () => void actions.rescan(name),
    };
  }, [model, focused, selected, name, router, actions, t]);

  const commands = useMemo((): readonly Command[] => {
    const loadable = target(model, focused, canLoad);
    const unloadable = target(model, focused, canUnload);
    const pinnable = target(model, focused, () => model?.loaded === 'onDemand');
    const step = (by: number): void => {
      const versions = model?.versions ?? [];
      const at = versions.findIndex(({ version }) => version === focused);
      const next = versions[Math.min(versions.length - 1, Math.max(0, at + by))];
      if (next) onFocusVersion(next.version);
    };
    return [
      {
        id: 'models.load',
        group: 'models',
        title: loadable
          ? t('command.loadNamed', { model: name, version: loadable.version })
          : t('command.load'),
        keys: ['l'],
        scope: 'list',
        unavailable: () => (loadable ? null : t('command.nothingToLoad')),
        run: () => {
          if (loadable) void actions.load({ model: name, version: loadable.version });
        },
      },
      {
        id: 'models.unload',
        group: 'models',
        title: unloadable
          ? t('command.unloadNamed', { model: name, version: unloadable.version })
          : t('command.unload'),
        keys: ['u'],
        scope: 'list',
        unavailable: () => (unloadable ? null : t('command.nothingToUnload')),
        run: () => {
          if (unloadable) void actions.unload({ model: name, version: unloadable.version });
        },
      },
      {
        id: 'models.pin',
        group: 'models',
        title: pinnable
          ? t(pinnable.isPinned ? 'loading.unpinNamed' : 'loading.pinNamed', {
              model: name,
              version: pinnable.version,
            })
          : t('loading.pin'),
        keys: ['p'],
        scope: 'list',
        unavailable: () =>
          pinnable ? null : t(model?.loaded === 'always' ? 'loading.pinNeedless' : 'loading.nothingToPin'),
        run: () => {
          if (pinnable)
            void actions.setPinned({ model: name, version: pinnable.version }, !pinnable.isPinned);
        },
      },
      {
        id: 'models.remove',
        group: 'models',
        title: t('model.removeNamed', { model: name }),
        keys: ['Delete'],
        scope: 'list',
        run: onRemove,
      },
      {
        id: 'models.showFolder',
        group: 'models',
        title: t('model.showFolder'),
        run: () => void actions.showFolder(name, focused ?? undefined),
      },
      { id: 'models.rescan', group: 'models', title: t('model.rescan'), run: ways.rescan },
      {
        id: 'models.try',
        group: 'run',
        title: t('command.try'),
        unavailable: () => ways.tryReason,
        run: ways.try,
      },
      {
        id: 'models.compare',
        group: 'run',
        title: t('command.compare'),
        keys: ['$mod+Shift+c'],
        unavailable: () => ways.compareReason,
        run: ways.compare,
      },
      {
        id: 'models.previousVersion',
        group: 'models',
        title: t('command.previousVersion'),
        keys: ['BracketLeft'],
        scope: 'list',
        run: () => step(1),
      },
      {
        id: 'models.nextVersion',
        group: 'models',
        title: t('command.nextVersion'),
        keys: ['BracketRight'],
        scope: 'list',
        run: () => step(-1),
      },
    ];
  }, [model, focused, name, t, actions, ways, onFocusVersion, onRemove]);

  useCommands(commands);
  return ways;
}
