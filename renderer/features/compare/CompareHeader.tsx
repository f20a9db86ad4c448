import { ChevronsUpDown, Download, Images, Plus, RotateCw } from 'lucide-react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Menu } from '../../ui/Menu';
import { PaneHead } from '../../ui/Panel';
import styles from './CompareHeader.module.css';
import { CompareProgressLine } from './CompareProgressLine';
import { type ColumnView, comparedWhat } from './column-view';
import { mostColumns } from './columns';

export interface CompareHeaderProps {
  readonly columns: readonly ColumnView[];
  readonly hasAnswers: boolean;
  /** Do samples make sense here: does the sample model take part? */
  readonly hasSamples: boolean;
  readonly onChooseVersions: () => void;
  readonly onAddSamples: () => void;
  readonly onRunAgain: () => void;
  readonly onExport: () => void;
}

/** What is compared on what, and what can be done with it. */
export function CompareHeader({
  columns,
  hasAnswers,
  hasSamples,
  onChooseVersions,
  onAddSamples,
  onRunAgain,
  onExport,
}: CompareHeaderProps) {
  const { t, compare, format, pictures: intake, toasts } = useServices();
  const pictures = useStore(compare.store, (state) => state.pictures);
  const selected = useStore(compare.store, (state) => state.selectedPicture);
  const progress = useStore(compare.store, (state) => state.progress);
  const versions = format.list(
    comparedWhat(columns).map((model) =>
      t('compare.versionsOf', {
        model,
        versions: format.list(
          columns.filter((each) => each.model === model).map((each) => String(each.version)),
        ),
      }),
    ),
  );
  return (
    <PaneHead>
      <h1 id="title">{t('compare.title')}</h1>
      {columns.length > 0 && (
        <Button
          className={styles['versions']}
          aria-label={t('compare.versions', { versions })}
          title={versions}
          onClick={onChooseVersions}
        >
          <span className={styles['cut']}>{versions}</span>
          <Icon of={ChevronsUpDown} />
        </Button>
      )}
      <Menu
        trigger={
          <Button className={styles['picker']} icon={Images}>
            {t('compare.pictures', { count: pictures.length })}
            <Icon of={ChevronsUpDown} />
          </Button>
        }
        entries={[
          {
            id: 'choose',
            label: t('compare.choosePictures'),
            onChoose: () => void intake.choose().catch(toasts.fail),
          },
          {
            id: 'samples',
            label: t('compare.addSamples'),
            unavailable: hasSamples ? null : t('compare.noSamples'),
            onChoose: onAddSamples,
          },
          {
            id: 'remove',
            label: t('compare.removePicture'),
            startsGroup: true,
            unavailable: selected === null ? t('compare.noPicture') : null,
            onChoose: () => {
              if (selected !== null) compare.removePicture(selected);
            },
          },
          {
            id: 'clear',
            label: t('compare.removePictures'),
            unavailable: pictures.length === 0 ? t('compare.noPictures') : null,
            onChoose: compare.clearPictures,
          },
        ]}
      />
      <span className={styles['gap']} />
      {progress && <CompareProgressLine progress={progress} onCancel={compare.cancel} />}
      <Button
        icon={Plus}
        className={styles['compact']}
        aria-label={t('compare.addVersion')}
        unavailable={columns.length >= mostColumns ? t('compare.addVersionFull') : null}
        onClick={onChooseVersions}
      >
        <span className={styles['label']}>{t('compare.addVersion')}</span>
      </Button>
      {!progress && (
        <Button
          icon={RotateCw}
          unavailable={pictures.length === 0 ? t('compare.noPictures') : null}
          onClick={onRunAgain}
        >
          {t('compare.runAgain')}
        </Button>
      )}
      <Button
        icon={Download}
        className={styles['compact']}
        aria-label={t('compare.export')}
        unavailable={hasAnswers ? null : t('compare.nothingToExport')}
        onClick={onExport}
      >
        <span className={styles['label']}>{t('compare.export')}</span>
      </Button>
    </PaneHead>
  );
}
