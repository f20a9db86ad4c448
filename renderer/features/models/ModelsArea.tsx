import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { useServices } from '../../services';
import { selectModelNames } from '../../stores/models';
import { currentRoute } from '../../stores/router';
import { EmptyState } from '../../ui/EmptyState';
import { Skeleton } from '../../ui/Skeleton';
import { Split } from '../../ui/Split';
import { narrowWindow, oneColumn, useMedia } from '../../ui/use-media';
import { FirstLaunch } from './FirstLaunch';
import { ModelDetail } from './ModelDetail';
import { ModelList } from './ModelList';
import styles from './ModelsArea.module.css';

/** What to show in place of a model that is gone: the one that came after it. */
const neighbour = (names: readonly string[], gone: string | null): string | null =>
  (gone === null ? names[0] : (names.find((name) => name.localeCompare(gone) > 0) ?? names.at(-1))) ?? null;

/** The area Models: what there is, what is loaded, and one model in full. */
export function ModelsArea() {
  const { t, models, router } = useServices();
  const phase = useStore(models.store, (state) => state.phase);
  const names = useStore(models.store, useShallow(selectModelNames));
  const route = useStore(router.store, currentRoute);
  const isNarrow = useMedia(narrowWindow);
  const isOneColumn = useMedia(oneColumn);
  const wanted = route.area === 'models' ? route.model : null;
  const shown =
    wanted !== null && names.includes(wanted) ? wanted : isOneColumn ? null : neighbour(names, wanted);

  useEffect(() => {
    // none chosen yet; a wanted model that is not known stays wanted: it may be on its way, or come back by Undo
    if (route.area !== 'models' || route.model !== null || shown === null) return;
    router.navigate({ ...route, model: shown }, { replace: true });
  }, [route, shown, router]);

  const isEmpty = names.length === 0 && phase === 'live';
  const wasEmpty = useRef(isEmpty);
  useEffect(() => {
    // the button that added the first model is gone, and the focus with it
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (wasEmpty.current && !isEmpty && isLost) document.getElementById('detail-title')?.focus();
    wasEmpty.current = isEmpty;
  }, [isEmpty]);

  if (phase === 'connecting') {
    return (
      <main
        id="main"
        tabIndex={-1}
        aria-busy="true"
        aria-label={t('models.title')}
        className={styles['waiting']}
      >
        <Skeleton rows={6} />
      </main>
    );
  }
  if (isEmpty) return <FirstLaunch />;

  const list = <ModelList selected={shown} />;
  const detail =
    shown === null ? (
      <EmptyState heading={t('models.choose')} text={t('models.chooseText')} />
    ) : (
      <ModelDetail key={shown} name={shown} hasBack={isOneColumn} />
    );
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title">
      {isOneColumn ? (
        shown === null ? (
          list
        ) : (
          <>
            <h1 id="title" className="visually-hidden">
              {t('models.title')}
            </h1>
            {detail}
          </>
        )
      ) : (
        <Split
          name={isNarrow ? 'models narrow' : 'models'}
          label={t('models.list')}
          size={isNarrow ? 224 : 360}
          minSize={200}
          maxSize={640}
          restMinSize={360}
          start={list}
          end={detail}
        />
      )}
    </main>
  );
}
