import type { Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Picker } from '../../ui/Picker';
import { VersionSwatch } from '../../ui/VersionMark';
import styles from './VersionPicker.module.css';

export interface VersionPickerProps {
  readonly versions: readonly Version[];
  readonly value: number;
  readonly onChange: (version: number) => void;
}

/** Which version of a model is looked at. */
export function VersionPicker({ versions, value, onChange }: VersionPickerProps) {
  const { t } = useServices();
  return (
    <div className={styles['line']}>
      <span className={styles['label']}>{t('signature.of')}</span>
      <Picker
        label={t('signature.of')}
        value={String(value)}
        onChange={(chosen) => onChange(Number(chosen))}
        options={versions.map(({ version, lifecycle }) => ({
          value: String(version),
          label: String(version),
          mark: <VersionSwatch version={version} />,
          note: t(`state.${lifecycle}`),
        }))}
      />
    </div>
  );
}
