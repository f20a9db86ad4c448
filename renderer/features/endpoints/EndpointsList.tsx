import { Plus, Route as RouteIcon, Server } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { useServices } from '../../services';
import type { ShownEndpoint } from '../../stores/router';
import { selectRate, selectRouteNames } from '../../stores/routes';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { IconButton } from '../../ui/IconButton';
import { ListPane } from '../../ui/ListPane';
import list from '../../ui/ListPane.module.css';
import { useRovingRows } from '../../ui/use-roving-rows';
import styles from './EndpointsList.module.css';

const serverKey = 'server';
const newKey = 'new';
const routeKey = (name: string): string => `route ${name}`;

const keyOf = (shown: ShownEndpoint): string =>
  shown.kind === 'route' ? routeKey(shown.name) : shown.kind === 'newRoute' ? newKey : serverKey;

const shownBy = (key: string): ShownEndpoint => {
  if (key === serverKey) return { kind: 'server' };
  if (key === newKey) return { kind: 'newRoute' };
  return { kind: 'route', name: key.slice(routeKey('').length), tab: 'traffic' };
};

/** This computer's server, and the routes with their requests a second. Arrows choose, Enter goes into the detail. */
export function EndpointsList({ shown }: { readonly shown: ShownEndpoint }) {
  const { t, endpoints, routes, routeDrafts, router } = useServices();
  const names = useStore(routes.store, useShallow(selectRouteNames));
  const status = useStore(endpoints.store, (state) => state.state.status);
  const isBuilding =
    useStore(routeDrafts.store, (state) => state.fresh !== null) || shown.kind === 'newRoute';
  const changed = useStore(routeDrafts.store, (state) => state.changes);
  const container = useRef<HTMLDivElement>(null);
  const current = keyOf(shown);
  const keys = [serverKey, ...names.map(routeKey), ...(isBuilding ? [newKey] : [])];
  const go = (key: string, replace = false): void => {
    const next = shownBy(key);
    const tab = shown.kind === 'route' ? shown.tab : 'traffic';
    router.navigate(
      { area: 'endpoints', shown: next.kind === 'route' ? { ...next, tab } : next },
      { replace },
    );
  };
  const onKeyDown = useRovingRows({
    keys,
    current,
    container,
    onMove: (key) => go(key, true),
    onEnter: (key) => {
      go(key);
      requestAnimationFrame(() =>
        document.querySelector<HTMLElement>('#route-title, #server-title')?.focus(),
      );
    },
  });
  const row = (key: string) => ({
    rowKey: key,
    isCurrent: current === key,
    isTabStop: current === key || (!keys.includes(current) && key === serverKey),
    onChoose: () => go(key),
  });
  const startNew = (): void => router.navigate({ area: 'endpoints', shown: { kind: 'newRoute' } });

  return (
    <ListPane
      label={t('endpoints.list')}
      title={t('endpoints.title')}
      controls={<IconButton icon={Plus} label={t('routes.new')} onClick={startNew} />}
    >
      <div ref={container} className={list['scroll']} data-command-scope="list">
        <h2 className={list['group']}>{t('endpoints.server')}</h2>
        <ul>
          <Row {...row(serverKey)} icon={Server} onKeyDown={onKeyDown} note={t(`endpoints.status.${status}`)}>
            {t('endpoints.thisComputer')}
          </Row>
        </ul>
        <h2 className={classes(list['group'], styles['second'])}>
          {t('routes.title')}
          {names.length > 0 && <span className={styles['unit']}>{t('routes.rateUnit')}</span>}
        </h2>
        <ul aria-label={t('routes.title')}>
          {names.map((name) => (
            <Row
              key={name}
              {...row(routeKey(name))}
              icon={RouteIcon}
              onKeyDown={onKeyDown}
              note={<Rate route={name} />}
              title={changed.has(name) ? t('routes.hasChanges', { name }) : name}
            >
              {name}
              {changed.has(name) && <span aria-hidden="true"> •</span>}
            </Row>
          ))}
          {isBuilding && (
            <Row {...row(newKey)} icon={Plus} onKeyDown={onKeyDown}>
              {t('routes.newTitle')}
            </Row>
          )}
        </ul>
        {names.length === 0 && !isBuilding && (
          <div className={styles['none']}>
            <strong>{t('routes.none')}</strong>
            <p>{t('routes.noneText')}</p>
            <Button size="sm" icon={Plus} onClick={startNew}>
              {t('routes.new')}
            </Button>
          </div>
        )}
      </div>
    </ListPane>
  );
}

function Rate({ route }: { readonly route: string }) {
  const { t, format, routes } = useServices();
  const rate = useStore(routes.store, selectRate(route));
  return <span title={t('routes.rate', { rate: format.fixed(rate, 1) })}>{format.fixed(rate, 1)}</span>;
}

interface RowProps {
  readonly rowKey: string;
  readonly icon: typeof Server;
  readonly isCurrent: boolean;
  readonly isTabStop: boolean;
  readonly title?: string;
  readonly note?: ReactNode;
  readonly onChoose: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly children: ReactNode;
}

function Row({ rowKey, icon, isCurrent, isTabStop, title, note, onChoose, onKeyDown, children }: RowProps) {
  return (
    <li>
      <a
        href={`#${encodeURIComponent(rowKey)}`}
        className={styles['row']}
        aria-current={isCurrent ? 'true' : undefined}
        data-row={rowKey}
        tabIndex={isTabStop ? 0 : -1}
        title={title}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          event.preventDefault();
          onChoose();
        }}
      >
        <Icon of={icon} />
        <span className={styles['text']}>{children}</span>
        <span className={styles['note']}>{note}</span>
      </a>
    </li>
  );
}
