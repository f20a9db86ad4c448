import { useCallback, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { canAnswer } from '../../../app/contract/models';
import type { Picture } from '../../../app/contract/pictures';
import { keysLabel } from '../../commands/keys';
import type { Command } from '../../commands/registry';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { useCommands } from '../../ui/use-commands';
import { RefusedPictures } from '../pictures/RefusedPictures';
import { usePictureIntake } from '../pictures/use-picture-intake';
import { ChooseVersions } from './ChooseVersions';
import styles from './CompareArea.module.css';
import { CompareHeader } from './CompareHeader';
import { ComparisonTable } from './ComparisonTable';
import { ComparisonToolbar, filterWords } from './ComparisonToolbar';
import { comparedWhat } from './column-view';
import { type Column, fewestColumns, removeColumn } from './columns';
import { showAll } from './comparison';
import { comparisonCsv, saveFile } from './comparison-csv';
import { warmUpRuns } from './measurement';
import { PinnedPicture } from './PinnedPicture';
import { useColumns, useColumnViews, useFilling, useRows, useShownRows, useTimings } from './use-comparison';

/** The area Compare: do versions agree, which is better? Two to four of them on the same pictures. */
export function CompareArea() {
  const { t, compare, format, models, pictures: intake, router, toasts } = useServices();
  const platform = usePlatform();
  const [isChoosing, setChoosing] = useState(false);
  const chosen = useColumns();
  const columns = useColumnViews(chosen);
  const rows = useRows(columns);
  const shown = useShownRows(rows);
  const timings = useTimings(columns);
  const pictures = useStore(compare.store, (state) => state.pictures);
  const selectedId = useStore(compare.store, (state) => state.selectedPicture);
  const filter = useStore(compare.store, (state) => state.filter);
  const finishedAtMs = useStore(compare.store, (state) => state.finishedAtMs);
  const byName = useStore(models.store, (state) => state.byName);
  useFilling(columns);

  const take = useCallback((added: readonly Picture[]) => compare.addPictures(added), [compare]);
  usePictureIntake(take);

  const setColumns = (next: readonly Column[]): void =>
    router.navigate(
      { area: 'compare', versions: next.map(({ model, version }) => ({ model, version })) },
      { replace: true },
    );
  const hasSamples = columns.some(({ model }) => byName.get(model)?.isSample === true);
  const addSamples = (): void => {
    intake
      .loadSamples()
      .then(() => take(intake.store.getState().samples ?? []))
      .catch(toasts.fail);
  };
  const runAgain = useCallback(() => {
    const able = columns.filter(({ state }) => state && canAnswer(state));
    compare.runAgain(able.map(({ model, version }) => ({ model, version })));
  }, [columns, compare]);

  // the first in sight until one is chosen, and where the chosen one is filtered out
  const chosenAt = shown.findIndex(({ pictureId }) => pictureId === selectedId);
  const at = chosenAt === -1 && shown.length > 0 ? 0 : chosenAt;
  const selectedRow = shown[at];
  const selected = pictures.find(({ id }) => id === selectedRow?.pictureId);
  const step = useCallback(
    (by: -1 | 1) => {
      const next = shown[at + by];
      if (next) compare.selectPicture(next.pictureId);
    },
    [compare, shown, at],
  );

  const counts = timings.flatMap((summary) => (summary ? [summary.count] : []));
  const runNote =
    counts.length > 0 && finishedAtMs !== null
      ? t('compare.footRun', {
          count: Math.min(...counts),
          warmUp: warmUpRuns,
          time: format.time(finishedAtMs).slice(0, 5),
        })
      : null;
  const exportCsv = (): void => {
    const notes = [t('compare.footChange'), ...(runNote === null ? [] : [runNote])];
    const name = t('compare.exportName', { what: format.list(comparedWhat(columns)) });
    saveFile(name.replaceAll(/[\\/:*?"<>|]/g, ' '), comparisonCsv(t, columns, shown, notes), 'text/csv');
  };
  const hasAnswers = rows.some(({ cells }) => cells.some(({ kind }) => kind === 'answered'));

  useCommands(
    useMemo((): readonly Command[] => {
      const walk = (by: -1 | 1) => ({
        unavailable: () => (shown[at + by] ? null : t('compare.atEnd')),
        run: () => step(by),
      });
      return [
        { id: 'compare.previous', title: t('compare.previous'), group: 'run', keys: ['['], ...walk(-1) },
        { id: 'compare.next', title: t('compare.next'), group: 'run', keys: [']'], ...walk(1) },
        {
          id: 'compare.chooseVersions',
          title: t('compare.chooseVersions'),
          group: 'run',
          run: () => setChoosing(true),
        },
        {
          id: 'run.choosePictures',
          title: t('compare.choosePictures'),
          group: 'run',
          run: () => void intake.choose().catch(toasts.fail),
        },
      ];
    }, [at, intake, shown, step, t, toasts]),
  );
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: 'run.again',
          title: t('compare.runAgain'),
          group: 'run',
          keys: ['$mod+Enter'],
          unavailable: () => (pictures.length === 0 ? t('compare.noPictures') : null),
          run: runAgain,
        },
      ],
      [pictures.length, runAgain, t],
    ),
  );

  return (
    <main id="main" tabIndex={-1} aria-labelledby="title" className={styles['area']}>
      <CompareHeader
        columns={columns}
        hasAnswers={hasAnswers}
        hasSamples={hasSamples}
        onChooseVersions={() => setChoosing(true)}
        onAddSamples={addSamples}
        onRunAgain={runAgain}
        onExport={exportCsv}
      />
      {columns.length < fewestColumns ? (
        <EmptyState
          level={2}
          heading={t('compare.needsTwo')}
          text={t('compare.needsTwoText')}
          actions={
            <Button size="lg" look="primary" onClick={() => setChoosing(true)}>
              {t('compare.chooseVersions')}
            </Button>
          }
        />
      ) : (
        <div className={styles['columns']}>
          {selected && selectedRow && (
            <PinnedPicture
              picture={selected}
              row={selectedRow}
              columns={columns}
              at={at}
              count={shown.length}
              onStep={step}
            />
          )}
          <section className={styles['detail']} aria-label={t('compare.sideBySide')} data-region="">
            <ComparisonToolbar rows={rows} columns={columns.length} />
            <div className={styles['refused']}>
              <RefusedPictures />
            </div>
            <ComparisonTable
              columns={columns}
              timings={timings}
              rows={shown}
              onRemoveColumn={(key) => setColumns(removeColumn(chosen, key).columns)}
              empty={
                pictures.length === 0 ? (
                  <EmptyState
                    level={2}
                    heading={t('compare.noPicturesHeading')}
                    text={t('compare.noPicturesText', { keys: keysLabel('$mod+v', platform) })}
                    actions={
                      <>
                        {hasSamples && (
                          <Button size="lg" look="primary" onClick={addSamples}>
                            {t('compare.addSamples')}
                          </Button>
                        )}
                        <Button
                          size="lg"
                          look={hasSamples ? 'default' : 'primary'}
                          onClick={() => void intake.choose().catch(toasts.fail)}
                        >
                          {t('compare.choosePictures')}
                        </Button>
                      </>
                    }
                  />
                ) : (
                  <EmptyState
                    level={2}
                    heading={t('compare.noneMatch')}
                    text={t('compare.noneMatchText', { filter: filterWords(t, filter, columns.length) })}
                    actions={
                      <Button onClick={() => compare.setFilter(showAll)}>{t('compare.showAll')}</Button>
                    }
                  />
                )
              }
            />
            <p className={styles['foot']}>
              <span className={styles['cut']}>{t('compare.footChange')}</span>
              {runNote !== null && <span className={styles['cut']}>{runNote}</span>}
            </p>
          </section>
        </div>
      )}
      {isChoosing && (
        <ChooseVersions
          chosen={chosen.columns}
          onClose={() => setChoosing(false)}
          onChoose={(next) => {
            setColumns(next);
            setChoosing(false);
          }}
        />
      )}
    </main>
  );
}
