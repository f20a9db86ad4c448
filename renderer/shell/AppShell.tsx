import { useEffect } from 'react';
import { useStore } from 'zustand';
import { reportUnexpected } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import { listenForKeys } from '../commands/keys';
import { useServices } from '../services';
import { currentRoute } from '../stores/router';
import { LiveRegions } from '../ui/LiveRegions';
import styles from './AppShell.module.css';
import { areaEntries } from './areas';
import { Rail } from './Rail';
import { StatusBar } from './StatusBar';

/** The window: rail, the area that the route names, status bar. */
export function AppShell() {
  const services = useServices();
  const { t, router, commands, ui, connect } = services;
  const { area } = useStore(router.store, currentRoute);
  const Page = areaEntries.find((entry) => entry.area === area)?.page ?? (() => null);

  useEffect(() => {
    let connection: Disposable | undefined;
    let isGone = false;
    connect().then((made) => {
      if (isGone) made.dispose();
      else connection = made;
    }, reportUnexpected);
    return () => {
      isGone = true;
      connection?.dispose();
    };
  }, [connect]);

  useEffect(() => {
    const keys = listenForKeys(window, commands, () => ui.getState().singleKeys);
    return () => keys.dispose();
  }, [commands, ui]);

  return (
    <div className={styles['app']}>
      <a className={styles['skip']} href="#main">
        {t('shell.skip')}
      </a>
      <Rail />
      <div className={styles['page']}>
        <Page />
      </div>
      <StatusBar />
      <LiveRegions />
    </div>
  );
}
