import type { ReactNode } from 'react';
import { type ExecutionProvider, executionProviders } from '../../../app/contract/running';
import { useServices } from '../../services';
import { OptionLine } from '../../ui/OptionLine';
import { Picker } from '../../ui/Picker';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { BatchingFields } from './BatchingFields';
import { RunningField } from './RunningField';
import type { RunningDraft, RunningRead } from './running-draft';
import type { NowWords } from './running-words';

export interface RunningOptionsProps {
  readonly draft: RunningDraft;
  readonly read: RunningRead;
  /** What the version that is looked at does now. */
  readonly now: NowWords;
  /** What the computer has to run models, where a loaded version tells. */
  readonly listed: readonly string[] | undefined;
  readonly onChange: (draft: RunningDraft) => void;
}

/** Every setting of how a model is run, with its default, what holds now, and a way back. */
export function RunningOptions({ draft, read, now, listed, onChange }: RunningOptionsProps) {
  const { t } = useServices();
  const change = (part: Partial<RunningDraft>): void => onChange({ ...draft, ...part });
  const form = { draft, read, onChange };
  const numbers = [
    { setting: 'instances', field: 'instances', standard: '1' },
    { setting: 'intraOpThreads', field: 'intraOpThreads', standard: t('running.automatic') },
    {
      setting: 'memoryCapBytes',
      field: 'memoryCapMb',
      standard: t('running.memoryCapBytes.budget'),
      unit: t('running.mb'),
    },
  ] as const;

  return (
    <>
      <OptionLine
        name={t('running.batching')}
        help={t('running.batching.help')}
        now={now.batching}
        standard={t('running.automatic')}
        onReset={draft.batching === 'automatic' ? undefined : () => change({ batching: 'automatic' })}
      >
        <SegmentedControl
          label={t('running.batching')}
          value={draft.batching}
          onChange={(batching) => change({ batching })}
          segments={[
            { value: 'automatic', label: t('running.automatic') },
            { value: 'off', label: t('running.off') },
            { value: 'own', label: t('running.own') },
          ]}
        />
        {draft.batching === 'own' && <BatchingFields {...form} />}
      </OptionLine>
      {numbers.map(({ setting, field, standard, ...rest }) => (
        <OptionLine
          key={setting}
          name={t(`running.${setting}`)}
          help={t(`running.${setting}.help`)}
          now={now[setting]}
          standard={standard}
          onReset={
            draft.texts[field] === '' ? undefined : () => change({ texts: { ...draft.texts, [field]: '' } })
          }
        >
          <RunningField
            {...form}
            {...rest}
            field={field}
            label={t(`running.${setting}`)}
            standard={standard}
          />
        </OptionLine>
      ))}
      <OptionLine
        name={t('running.executionProvider')}
        help={t('running.executionProvider.help')}
        now={now.executionProvider}
        standard={t('running.automatic')}
        onReset={draft.executionProvider === null ? undefined : () => change({ executionProvider: null })}
      >
        <Picker<ExecutionProvider | typeof automatic>
          label={t('running.executionProvider')}
          value={draft.executionProvider ?? automatic}
          options={[
            { value: automatic, label: t('running.automatic') },
            ...executionProviders
              .filter(
                (provider) =>
                  listed === undefined || listed.includes(provider) || provider === draft.executionProvider,
              )
              .map((provider) => ({ value: provider, label: provider })),
          ]}
          onChange={(value) => change({ executionProvider: value === automatic ? null : value })}
        />
      </OptionLine>
      <OptionLine
        name={t('running.answerFromLastGood')}
        help={t('running.answerFromLastGood.help')}
        standard={t('running.off')}
        onReset={draft.answersFromLastGood ? () => change({ answersFromLastGood: false }) : undefined}
      >
        <OnOff
          label={t('running.answerFromLastGood')}
          isOn={draft.answersFromLastGood}
          onChange={(answersFromLastGood) => change({ answersFromLastGood })}
        />
      </OptionLine>
    </>
  );
}

const automatic = 'automatic';

function OnOff({
  label,
  isOn,
  onChange,
}: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}): ReactNode {
  const { t } = useServices();
  return (
    <SegmentedControl
      label={label}
      value={isOn ? 'on' : 'off'}
      onChange={(value) => onChange(value === 'on')}
      segments={[
        { value: 'off', label: t('running.off') },
        { value: 'on', label: t('running.on') },
      ]}
    />
  );
}
