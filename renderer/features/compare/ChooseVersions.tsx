import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { selectDescription } from '../../stores/descriptions';
import { Button } from '../../ui/Button';
import { CheckBox } from '../../ui/CheckBox';
import { Dialog } from '../../ui/Dialog';
import { EmptyState } from '../../ui/EmptyState';
import { StateBadge } from '../../ui/StateBadge';
import { VersionSwatch } from '../../ui/VersionMark';
import { LabelChips } from '../models/LabelChips';
import styles from './ChooseVersions.module.css';
import { type Column, columnKey, fewestColumns } from './columns';
import { type WhyNot, whyNot } from './compatibility';

export interface ChooseVersionsProps {
  readonly chosen: readonly Column[];
  readonly onChoose: (columns: readonly Column[]) => void;
  readonly onClose: () => void;
}

/** `dialog`: two to four versions, of one model or of models with the same classes; what does not fit says why. */
export function ChooseVersions({ chosen: before, onChoose, onClose }: ChooseVersionsProps) {
  const { t, descriptions, models } = useServices();
  const byName = useStore(models.store, (state) => state.byName);
  const byVersion = useStore(descriptions.store, (state) => state.byVersion);
  const [chosen, setChosen] = useState<readonly Column[]>(before);
  const all = [...byName.values()].sort((a, b) => a.name.localeCompare(b.name));

  useEffect(() => {
    for (const { name, versions } of byName.values()) {
      for (const { version, lifecycle } of versions) {
        if (lifecycle === 'available') void descriptions.load({ model: name, version });
      }
    }
  }, [byName, descriptions]);

  const descriptionOf = (column: Column) => {
    const entry = selectDescription(column)({ byVersion });
    return entry?.kind === 'ready' ? entry.description : undefined;
  };
  const toggle = (column: Column, isChosen: boolean): void => {
    const key = columnKey(column);
    setChosen(isChosen ? [...chosen, column] : chosen.filter((other) => columnKey(other) !== key));
  };

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('compare.chooseTitle')}
      description={t('compare.chooseText')}
      footer={
        <>
          <span className={styles['count']} role="status">
            {t('compare.chosen', { count: chosen.length })}
          </span>
          <Button size="lg" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            size="lg"
            look="primary"
            unavailable={chosen.length < fewestColumns ? t('compare.confirmTooFew') : null}
            onClick={() => onChoose(chosen)}
          >
            {t('compare.confirm', { count: chosen.length })}
          </Button>
        </>
      }
    >
      {all.length === 0 && (
        <EmptyState heading={t('compare.noModels')} text={t('compare.noModelsText')} size="inline" />
      )}
      {all.map((model) => (
        <ModelVersions
          key={model.name}
          model={model}
          isChosen={(column) => chosen.some((other) => columnKey(other) === columnKey(column))}
          reason={(column) => whyNot(column, chosen, descriptionOf)}
          onToggle={toggle}
        />
      ))}
    </Dialog>
  );
}

interface ModelVersionsProps {
  readonly model: Model;
  readonly isChosen: (column: Column) => boolean;
  readonly reason: (column: Column) => WhyNot | null;
  readonly onToggle: (column: Column, isChosen: boolean) => void;
}

function ModelVersions({ model, isChosen, reason, onToggle }: ModelVersionsProps) {
  const { t } = useServices();
  return (
    <section aria-label={t('compare.versionsIn', { model: model.name })} className={styles['model']}>
      <h3 className={styles['heading']} title={model.name}>
        {model.name}
      </h3>
      <ul>
        {model.versions.map((version) => (
          <VersionLine
            key={version.version}
            model={model}
            version={version}
            isChosen={isChosen({ model: model.name, version: version.version })}
            whyNot={reason({ model: model.name, version: version.version })}
            onToggle={onToggle}
          />
        ))}
      </ul>
    </section>
  );
}

interface VersionLineProps {
  readonly model: Model;
  readonly version: Version;
  readonly isChosen: boolean;
  readonly whyNot: WhyNot | null;
  readonly onToggle: ModelVersionsProps['onToggle'];
}

function VersionLine({
  model,
  version: { version, lifecycle },
  isChosen,
  whyNot: why,
  onToggle,
}: VersionLineProps) {
  const { t, format } = useServices();
  const words =
    why === null
      ? null
      : why.kind === 'otherClassCount'
        ? t('compare.whyNot.otherClassCount', {
            own: format.number(why.own),
            wanted: format.number(why.wanted),
          })
        : t(`compare.whyNot.${why.kind}`);
  return (
    <li className={styles['line']}>
      <CheckBox
        label={t('compare.versionName', { model: model.name, version })}
        isChecked={isChosen}
        isDisabled={why !== null}
        onChange={(next) => onToggle({ model: model.name, version }, next)}
      >
        <VersionSwatch version={version} />
        <span>{t('compare.column', { version })}</span>
      </CheckBox>
      <LabelChips model={model} version={version} />
      {lifecycle !== 'available' && <StateBadge state={lifecycle} isQuiet />}
      {words !== null && <span className={styles['why']}>{words}</span>}
    </li>
  );
}
