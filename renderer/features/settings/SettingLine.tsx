import { useState } from 'react';
import { useStore } from 'zustand';
import { defaultSettings, type Settings } from '../../../app/contract/settings';
import { useServices } from '../../services';
import { Field } from '../../ui/Field';
import { OptionLine } from '../../ui/OptionLine';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { MemoryBudget } from './MemoryBudget';
import styles from './SettingLine.module.css';
import {
  type ChoiceRow,
  isDefault,
  type NumberRow,
  readNumber,
  type SettingRow,
  type SwitchRow,
} from './setting-rows';

type Change = (change: Partial<Settings>) => void;

/** One setting: name, what it does, its control, and its default with *Reset* once it differs. */
export function SettingLine({ row }: { readonly row: SettingRow }) {
  const { t, format, settings, toasts } = useServices();
  const values = useStore(settings.store, (state) => state.settings);
  const info = useStore(settings.store, (state) => state.info);
  const change: Change = (part) => {
    settings.set(part).catch(toasts.fail);
  };
  const total = format.bytes(info?.totalMemoryBytes ?? 0);
  return (
    <OptionLine
      name={t(`settings.${row.key}`)}
      help={t(`settings.${row.key}.help`, { total })}
      standard={useDefaultWords(row)}
      onReset={isDefault(row.key, values) ? undefined : () => change({ [row.key]: defaultSettings[row.key] })}
    >
      {row.kind === 'choice' && <Choice row={row} values={values} onChange={change} />}
      {row.kind === 'number' && (
        <NumberField key={values[row.key]} row={row} values={values} onChange={change} />
      )}
      {row.kind === 'switch' && <Switch row={row} values={values} onChange={change} />}
      {row.kind === 'memory' && <MemoryBudget values={values} onChange={change} />}
    </OptionLine>
  );
}

function useDefaultWords(row: SettingRow): string {
  const { t, format, settings } = useServices();
  const total = useStore(settings.store, (state) => state.info?.totalMemoryBytes ?? 0);
  if (row.kind === 'memory') {
    return t('settings.memoryBudgetBytes.auto', { bytes: format.bytes(total / 2) });
  }
  if (row.kind === 'switch')
    return t(defaultSettings[row.key] ? 'settings.switch.on' : 'settings.switch.off');
  const value = defaultSettings[row.key];
  if (row.kind === 'choice') {
    const choice = row.choices.find((candidate) => candidate.value === value);
    return choice ? t(choice.label) : String(value);
  }
  const number = format.number(Number(value) / row.scale);
  return row.unit === null ? number : `${number}\u00a0${t(row.unit)}`;
}

interface ControlProps<R extends SettingRow> {
  readonly row: R;
  readonly values: Settings;
  readonly onChange: Change;
}

function Choice({ row, values, onChange }: ControlProps<ChoiceRow>) {
  const { t } = useServices();
  return (
    <SegmentedControl
      label={t(`settings.${row.key}`)}
      value={String(values[row.key])}
      onChange={(value) => onChange({ [row.key]: value })}
      segments={row.choices.map((choice) => ({ value: choice.value, label: t(choice.label) }))}
    />
  );
}

function Switch({ row, values, onChange }: ControlProps<SwitchRow>) {
  const { t } = useServices();
  return (
    <SegmentedControl<'on' | 'off'>
      label={t(`settings.${row.key}`)}
      value={values[row.key] ? 'on' : 'off'}
      onChange={(value) => onChange({ [row.key]: value === 'on' })}
      segments={(['on', 'off'] as const).map((value) => ({ value, label: t(`settings.switch.${value}`) }))}
    />
  );
}

function NumberField({ row, values, onChange }: ControlProps<NumberRow>) {
  const { t, format } = useServices();
  const kept = String(values[row.key] / row.scale);
  const [text, setText] = useState(kept);
  const value = readNumber(text, row);
  const bounds = { least: format.number(row.least), most: format.number(row.most) };
  const commit = (): void => {
    if (value !== null && text !== kept) onChange({ [row.key]: value * row.scale });
  };
  return (
    <Field
      label={t(`settings.${row.key}`)}
      inputMode="numeric"
      value={text}
      problem={value === null ? t('settings.between', bounds) : null}
      end={row.unit === null ? undefined : <span>{t(row.unit)}</span>}
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
