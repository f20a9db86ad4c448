import { useState } from 'react';
import { useStore } from 'zustand';
import type { Settings } from '../../../app/contract/settings';
import { useServices } from '../../services';
import { Field } from '../../ui/Field';
import { SegmentedControl } from '../../ui/SegmentedControl';
import styles from './SettingLine.module.css';
import { readNumber } from './setting-rows';

const mega = 1_000_000;
const leastMb = 64;
const mostMb = 4_000_000;

export interface MemoryBudgetProps {
  readonly values: Settings;
  readonly onChange: (change: Partial<Settings>) => void;
}

/** Memory for models: half of the computer's, or a limit in MB. */
export function MemoryBudget({ values, onChange }: MemoryBudgetProps) {
  const { t, settings } = useServices();
  const total = useStore(settings.store, (state) => state.info?.totalMemoryBytes ?? 0);
  const { memoryBudgetBytes } = values;
  return (
    <div className={styles['pair']}>
      <SegmentedControl
        label={t('settings.memoryBudgetBytes.mode')}
        value={memoryBudgetBytes === null ? 'half' : 'own'}
        onChange={(mode) =>
          onChange({
            memoryBudgetBytes: mode === 'half' ? null : Math.round(total / 2 / mega) * mega || mega,
          })
        }
        segments={[
          { value: 'half', label: t('settings.memoryBudgetBytes.half') },
          { value: 'own', label: t('settings.memoryBudgetBytes.own') },
        ]}
      />
      {memoryBudgetBytes !== null && (
        <Megabytes
          key={memoryBudgetBytes}
          bytes={memoryBudgetBytes}
          onChange={(bytes) => onChange({ memoryBudgetBytes: bytes })}
        />
      )}
    </div>
  );
}

interface MegabytesProps {
  readonly bytes: number;
  readonly onChange: (bytes: number) => void;
}

function Megabytes({ bytes, onChange }: MegabytesProps) {
  const { t, format } = useServices();
  const kept = String(Math.round(bytes / mega));
  const [text, setText] = useState(kept);
  const value = readNumber(text, { least: leastMb, most: mostMb });
  const bounds = { least: format.number(leastMb), most: format.number(mostMb) };
  const commit = (): void => {
    if (value !== null && text !== kept) onChange(value * mega);
  };
  return (
    <Field
      label={t('settings.memoryBudgetBytes.field')}
      inputMode="numeric"
      value={text}
      problem={value === null ? t('settings.between', bounds) : null}
      end={<span>{t('settings.unit.mb')}</span>}
      fieldClassName={styles['number']}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setText(kept);
      }}
    />
  );
}
