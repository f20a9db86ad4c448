import { ArrowLeft, ArrowRight, CircleQuestionMark, Search } from 'lucide-react';
import { useStore } from 'zustand';
import { ariaKeys, keysLabel } from '../commands/keys';
import { useServices } from '../services';
import { selectActiveCount } from '../stores/jobs';
import { selectModelCount } from '../stores/models';
import { areaKeys, canGoBack, canGoForward, currentRoute } from '../stores/router';
import { classes } from '../ui/classes';
import { Icon } from '../ui/Icon';
import { IconButton } from '../ui/IconButton';
import { Kbd } from '../ui/Kbd';
import { narrowWindow, useMedia } from '../ui/use-media';
import { type AreaEntry, areaEntries } from './areas';
import { Mark } from './Mark';
import styles from './Rail.module.css';
import { usePlatform } from './use-platform';

/** `navigation` "Areas": where one can be, with Back and Forward, and the way into the commands. */
export function Rail() {
  const { t, router, commands, ui } = useServices();
  const platform = usePlatform();
  const isNarrow = useMedia(narrowWindow);
  const isCollapsed = useStore(ui, (state) => state.railCollapsed) || isNarrow;
  const label = isCollapsed ? 'visually-hidden' : undefined;
  const canBack = useStore(router.store, canGoBack);
  const canForward = useStore(router.store, canGoForward);
  const tip = (title: string, keys: string): string =>
    t('common.shortcut', { title, keys: keysLabel(keys, platform) });
  const backKeys = platform === 'darwin' ? '$mod+BracketLeft' : 'Alt+ArrowLeft';
  const forwardKeys = platform === 'darwin' ? '$mod+BracketRight' : 'Alt+ArrowRight';

  return (
    <nav
      className={classes(styles['rail'], isCollapsed && styles['collapsed'])}
      aria-label={t('shell.areas')}
      data-region=""
    >
      <div className={styles['head']}>
        <Mark />
        {!isCollapsed && (
          <>
            <span className={styles['name']}>{t('shell.name')}</span>
            <IconButton
              size="sm"
              icon={ArrowLeft}
              label={t('shell.back')}
              tip={tip(t('shell.back'), backKeys)}
              isDisabled={!canBack}
              onClick={router.back}
            />
            <IconButton
              size="sm"
              icon={ArrowRight}
              label={t('shell.forward')}
              tip={tip(t('shell.forward'), forwardKeys)}
              isDisabled={!canForward}
              onClick={router.forward}
            />
          </>
        )}
      </div>
      <button
        type="button"
        className={styles['palette']}
        aria-keyshortcuts={ariaKeys('$mod+k', platform)}
        title={tip(t('shell.commands'), '$mod+k')}
        onClick={() => commands.run('view.palette')}
      >
        <Icon of={Search} />
        <span className={label}>{t('shell.commands')}</span>
        {!isCollapsed && <Kbd className={styles['keys']} keys={keysLabel('$mod+k', platform)} />}
      </button>
      <ul>
        {areaEntries
          .filter((entry) => !entry.isLast)
          .map((entry) => (
            <RailLink key={entry.area} entry={entry} isCollapsed={isCollapsed} />
          ))}
      </ul>
      <ul className={styles['foot']}>
        {areaEntries
          .filter((entry) => entry.isLast)
          .map((entry) => (
            <RailLink key={entry.area} entry={entry} isCollapsed={isCollapsed} />
          ))}
        <li>
          <button
            type="button"
            className={styles['link']}
            title={tip(t('shell.help'), '$mod+/')}
            onClick={() => commands.run('help.shortcuts')}
          >
            <Icon of={CircleQuestionMark} />
            <span className={label}>{t('shell.help')}</span>
          </button>
        </li>
      </ul>
    </nav>
  );
}

function RailLink({
  entry: { area, title, icon },
  isCollapsed,
}: {
  readonly entry: AreaEntry;
  readonly isCollapsed: boolean;
}) {
  const { t, router, models, endpoints, jobs } = useServices();
  const platform = usePlatform();
  const isCurrent = useStore(router.store, (state) => currentRoute(state).area === area);
  const count = useStore(models.store, (state) => (area === 'models' ? selectModelCount(state) : 0));
  const status = useStore(endpoints.store, (mirror) => mirror.state.status);
  const running = useStore(jobs.store, (state) => (area === 'jobs' ? selectActiveCount(state) : 0));
  const note = ((): string | null => {
    if (area === 'endpoints') return t(`endpoints.status.${status}`);
    if (running > 0) return t('jobs.badge', { count: running });
    return count > 0 ? String(count) : null;
  })();
  return (
    <li>
      <a
        href={`#${area}`}
        className={styles['link']}
        aria-current={isCurrent ? 'page' : undefined}
        title={t('common.shortcut', { title: t(title), keys: keysLabel(areaKeys[area], platform) })}
        onClick={(event) => {
          event.preventDefault();
          router.goTo(area);
        }}
      >
        <Icon of={icon} />
        <span className={isCollapsed ? 'visually-hidden' : undefined}>{t(title)}</span>
        {note !== null && (
          <span
            className={isCollapsed ? 'visually-hidden' : styles['count']}
            aria-hidden={area === 'models' ? true : undefined}
          >
            {note}
          </span>
        )}
      </a>
    </li>
  );
}
