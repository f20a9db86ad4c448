import { useRef } from 'react';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { Lifecycle } from './Lifecycle';
import { PolicyControl } from './PolicyControl';
import styles from './VersionsTab.module.css';
import { VersionsTable } from './VersionsTable';

export interface VersionsTabProps {
  readonly model: Model;
  readonly focused: number | null;
  readonly selected: readonly number[];
  readonly onFocus: (version: number | null) => void;
  readonly onSelect: (versions: readonly number[]) => void;
}

/** Policy, versions, and where each is and was in its life. */
export function VersionsTab({ model, focused, selected, onFocus, onSelect }: VersionsTabProps) {
  const { t, rich, actions } = useServices();
  const scroller = useRef<HTMLDivElement>(null);
  const policy = useRef<HTMLDivElement>(null);
  const isNoneWanted = model.versions.length > 0 && model.versions.every((version) => !version.isAspired);

  return (
    <div ref={scroller} className={styles['scroll']}>
      <div ref={policy}>
        <PolicyControl model={model} />
      </div>
      {model.versions.length === 0 ? (
        <EmptyState
          size="inline"
          heading={t('versions.none', { model: model.name })}
          text={rich('versions.noneText')}
          actions={
            <>
              <Button onClick={() => void actions.showFolder(model.name)}>{t('model.showFolder')}</Button>
              <Button onClick={() => void actions.rescan(model.name)}>{t('versions.lookAgain')}</Button>
            </>
          }
        />
      ) : (
        <>
          <VersionsTable
            model={model}
            scroller={scroller}
            focused={focused}
            selected={selected}
            onFocus={onFocus}
            onSelect={onSelect}
          />
          {isNoneWanted && (
            <EmptyState
              size="inline"
              heading={t('versions.noneWanted')}
              text={t('versions.noneWantedText')}
              actions={
                <Button
                  onClick={() =>
                    policy.current?.querySelector<HTMLElement>('[role="radio"][aria-checked="true"]')?.focus()
                  }
                >
                  {t('versions.changePolicy')}
                </Button>
              }
            />
          )}
          <Lifecycle model={model} />
        </>
      )}
    </div>
  );
}
