import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { useServices } from '../../services';
import { selectModelNames } from '../../stores/models';
import { currentRoute } from '../../stores/router';
import { EmptyState } from '../../ui/EmptyState';
import { ListAndDetail, WaitingArea } from '../../ui/ListAndDetail';
import { oneColumn, useMedia } from '../../ui/use-media';
import { FirstLaunch } from './FirstLaunch';
import { ModelDetail } from './ModelDetail';
import { ModelList } from './ModelList';
import styles from './ModelsArea.module.css';

/** What to show in place of a model that is gone: the one that came after it. */
const neighbour = (names: readonly string[], gone: string | null): string | null =>
  (gone === null ? names[0] : (names.find((name) => name.localeCompare(gone) > 0) ?? names.at(-1))) ?? null;

const widths = { usual: 360, narrow: 224, min: 200, max: 640 };

/** The area Models: what there is, what is loaded, and one model in full. */
export function ModelsArea() {
  const { t, models, router } = useServices();
  const phase = useStore(models.store, (state) => state.phase);
  const names = useStore(models.store, useShallow(selectModelNames));
  const route = useStore(router.store, currentRoute);
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
    return <WaitingArea title={t('models.title')} className={styles['waiting']} />;
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
    <ListAndDetail
      name="models"
      title={t('models.title')}
      label={t('models.list')}
      list={list}
      detail={detail}
      isDetailShown={shown !== null}
      widths={widths}
    />
  );
}
