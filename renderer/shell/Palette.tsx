import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { keysLabel } from '../commands/keys';
import { type PaletteEntry, paletteEntries } from '../commands/palette-entries';
import { newestFirst } from '../features/jobs/job-state';
import { useServices } from '../services';
import { selectRouteNames } from '../stores/routes';
import { Icon } from '../ui/Icon';
import { Kbd } from '../ui/Kbd';
import styles from './Palette.module.css';
import { usePlatform } from './use-platform';

const mostRecent = 5;

/** `dialog` "Commands": everything a menu can do, every model and version, by a few letters. */
export function Palette({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { t } = useServices();
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Popup className={styles['popup']} aria-label={t('palette.title')}>
          <Entries onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Entries that follow each other under one heading. */
function inGroups(entries: readonly PaletteEntry[]): { group: string; entries: PaletteEntry[] }[] {
  const groups: { group: string; entries: PaletteEntry[] }[] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last?.group === entry.group) last.entries.push(entry);
    else groups.push({ group: entry.group, entries: [entry] });
  }
  return groups;
}

function Entries({ onClose }: { readonly onClose: () => void }) {
  const { t, commands, models, jobs, routes, routeActions, ui, router } = useServices();
  const [text, setText] = useState('');
  const byName = useStore(models.store, (state) => state.byName);
  const byId = useStore(jobs.store, (state) => state.byId);
  const routeNames = useStore(routes.store, useShallow(selectRouteNames));
  const recent = useStore(ui, (state) => state.recentCommands);
  const entries = useMemo(
    () =>
      paletteEntries(text, {
        commands: commands.list(),
        models: [...byName.values()],
        jobs: newestFirst(byId.values()),
        routes: routeNames,
        recent,
        t,
      }),
    [text, commands, byName, byId, routeNames, recent, t],
  );
  const isSearching = text.replace(/^[>@?]/, '').trim() !== '';

  const choose = ({ choose: choice, reason, id }: PaletteEntry): void => {
    if (reason !== null) return;
    if (choice.kind === 'prefix') {
      setText(choice.prefix);
      return;
    }
    onClose();
    if (choice.kind === 'command') {
      ui.setState(({ recentCommands }) => ({
        recentCommands: [id, ...recentCommands.filter((each) => each !== id)].slice(0, mostRecent),
      }));
      // after the dialog has given the focus back, so that the command may take it
      requestAnimationFrame(() => commands.run(choice.id));
    } else if (choice.kind === 'job') {
      router.navigate({ area: 'jobs', job: choice.job, tab: null });
    } else if (choice.kind === 'route') {
      routeActions.open(choice.route);
    } else {
      router.navigate({ area: 'models', model: choice.model, tab: 'versions' });
    }
  };

  return (
    <Autocomplete.Root<PaletteEntry>
      inline
      open
      mode="none"
      items={entries}
      value={text}
      onValueChange={(value, { reason }) => {
        if (reason !== 'item-press') setText(value);
      }}
      itemToStringValue={(entry) => entry.title}
      autoHighlight="always"
      keepHighlight
    >
      <div className={styles['field']}>
        <Icon of={Search} />
        <Autocomplete.Input
          aria-label={t('palette.input')}
          placeholder={t('palette.input')}
          className={styles['input']}
          spellCheck={false}
        />
      </div>
      <Autocomplete.Empty className={styles['none']}>
        {entries.length === 0 ? t('palette.none', { query: text }) : null}
      </Autocomplete.Empty>
      <Autocomplete.List className={styles['list']}>
        {isSearching
          ? entries.map((entry) => (
              <Entry key={entry.id} entry={entry} note={entry.group} onChoose={choose} />
            ))
          : inGroups(entries).map(({ group, entries: some }) => (
              <Autocomplete.Group key={group} items={some} className={styles['group']}>
                {group.length > 1 && (
                  <Autocomplete.GroupLabel className={styles['groupLabel']}>{group}</Autocomplete.GroupLabel>
                )}
                {some.map((entry) => (
                  <Entry
                    key={entry.id}
                    entry={entry}
                    note={group.length > 1 ? null : group}
                    onChoose={choose}
                  />
                ))}
              </Autocomplete.Group>
            ))}
      </Autocomplete.List>
      <p className={styles['hint']}>{t('palette.hint', { commands: '>', models: '@', help: '?' })}</p>
    </Autocomplete.Root>
  );
}

interface EntryProps {
  readonly entry: PaletteEntry;
  readonly note: string | null;
  readonly onChoose: (entry: PaletteEntry) => void;
}

function Entry({ entry, note, onChoose }: EntryProps) {
  const platform = usePlatform();
  return (
    <Autocomplete.Item
      value={entry}
      className={styles['entry']}
      aria-disabled={entry.reason !== null || undefined}
      onClick={() => onChoose(entry)}
    >
      <span className={styles['title']}>{entry.title}</span>
      {entry.reason === null ? (
        note !== null && <span className={styles['note']}>{note}</span>
      ) : (
        <span className={styles['note']}>{entry.reason}</span>
      )}
      {entry.keys !== null && <Kbd keys={keysLabel(entry.keys, platform)} />}
    </Autocomplete.Item>
  );
}
