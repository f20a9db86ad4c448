import { Columns3Cog, Plus, Search } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { keysLabel } from '../../commands/keys';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import type { ModelColumn } from '../../stores/ui';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { Field } from '../../ui/Field';
import { IconButton } from '../../ui/IconButton';
import { Kbd } from '../../ui/Kbd';
import { ListPane } from '../../ui/ListPane';
import { Menu } from '../../ui/Menu';
import { lowWindow, narrowWindow, useMedia } from '../../ui/use-media';
import { MemoryBox } from './MemoryBox';
import styles from './ModelList.module.css';
import { ModelTable } from './ModelTable';
import { arrangeList, optionalColumns } from './model-state';
import { useColumns } from './use-columns';

/** The list of models: find, order, choose; what they take together stands under it. */
export function ModelList({ selected }: { readonly selected: string | null }) {
  const { t, models, routes, ui, adding } = useServices();
  const platform = usePlatform();
  const byName = useStore(models.store, (state) => state.byName);
  const views = useStore(routes.store, (state) => state.byName);
  const filter = useStore(ui, (state) => state.filter);
  const sort = useStore(ui, (state) => state.sort);
  const isLooking = useStore(adding.store, (state) => state.isLooking);
  const isNarrow = useMedia(narrowWindow);
  const isLow = useMedia(lowWindow);
  const find = useRef<HTMLInputElement>(null);
  const rows = useMemo(
    () => arrangeList(byName.values(), views.values(), filter, sort),
    [byName, views, filter, sort],
  );
  const addKeys = keysLabel('$mod+o', platform);

  return (
    <ListPane
      label={t('models.list')}
      title={t('models.title')}
      hasLine={false}
      controls={
        <>
          <ColumnsMenu />
          <Button
            icon={Plus}
            isBusy={isLooking}
            aria-label={t('models.addFolder')}
            title={t('common.shortcut', { title: t('models.addFolder'), keys: addKeys })}
            onClick={() => void adding.chooseFolder()}
          >
            {t('models.add')}
          </Button>
        </>
      }
    >
      <div className={styles['find']}>
        <Field
          ref={find}
          type="search"
          label={t('models.find')}
          placeholder={t('models.find')}
          icon={Search}
          end={isNarrow ? undefined : <Kbd keys={keysLabel('$mod+f', platform)} />}
          value={filter}
          data-find=""
          onChange={(event) => ui.setState({ filter: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && filter !== '') {
              event.stopPropagation();
              ui.setState({ filter: '' });
            }
          }}
        />
      </div>
      {rows.length === 0 ? (
        <EmptyState
          size="inline"
          heading={t('models.noMatch', { filter })}
          actions={
            <Button
              onClick={() => {
                ui.setState({ filter: '' });
                find.current?.focus();
              }}
            >
              {t('models.clearFilter')}
            </Button>
          }
        />
      ) : (
        <ModelTable entries={rows} selected={selected} />
      )}
      {!isLow && <MemoryBox />}
    </ListPane>
  );
}

function ColumnsMenu() {
  const { t, ui } = useServices();
  const columns = useColumns();
  const toggle = (column: ModelColumn): void =>
    ui.setState({
      columns: optionalColumns.filter((each) => columns.includes(each) !== (each === column)),
    });
  return (
    <Menu
      trigger={<IconButton icon={Columns3Cog} label={t('models.columns')} />}
      entries={optionalColumns.map((column) => ({
        id: column,
        label: t(`models.column.${column}`),
        isChecked: columns.includes(column),
        onChoose: () => toggle(column),
      }))}
    />
  );
}
