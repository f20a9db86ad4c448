import { type KeyboardEvent, useRef } from 'react';
import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Picker } from '../../ui/Picker';
import segmentedStyles from '../../ui/SegmentedControl.module.css';
import { VersionSwatch } from '../../ui/VersionMark';
import styles from './VersionChoice.module.css';

export interface VersionChoiceProps {
  /** Newest first. */
  readonly versions: readonly Version[];
  readonly labels: Model['labels'];
  readonly value: number;
  readonly onChange: (version: number) => void;
}

/** More than these do not fit beside each other, nor do longer numbers. */
const mostSegments = 5;
const mostDigits = 12;

/**
 * The versions of a model in the order of their numbers, each with its colour; those that cannot answer say their state, and can be loaded
 * once chosen. A label stands for the version that it points at, above them.
 */
export function VersionChoice({ versions, labels, value, onChange }: VersionChoiceProps) {
  const { t } = useServices();
  const pointing = labels.flatMap(({ label, appliedVersion: version }) =>
    version === null ? [] : [{ label, version }],
  );
  const ordered = [...versions].sort((a, b) => a.version - b.version);
  const digits = ordered.map(({ version }) => String(version)).join('').length;
  if (pointing.length > 0 || ordered.length > mostSegments || digits > mostDigits) {
    return (
      <Picker
        label={t('playground.version')}
        value={String(value)}
        options={[
          ...pointing.map(({ label, version }) => ({
            value: `${version} ${label}`,
            label,
            mark: <VersionSwatch version={version} />,
            note: t('playground.labelMeans', { version }),
          })),
          ...ordered.toReversed().map(({ version, lifecycle }) => ({
            value: String(version),
            label: t('playground.versionNumber', { version }),
            mark: <VersionSwatch version={version} />,
            ...(lifecycle === 'available' ? {} : { note: t(`state.${lifecycle}`) }),
          })),
        ]}
        onChange={(chosen) => onChange(Number.parseInt(chosen, 10))}
      />
    );
  }
  return <Segments versions={ordered} value={value} onChange={onChange} />;
}

function Segments({ versions, value, onChange }: Omit<VersionChoiceProps, 'labels'>) {
  const { t } = useServices();
  const group = useRef<HTMLDivElement>(null);
  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = versions.findIndex(({ version }) => version === value);
    const next = versions[(at + step + versions.length) % versions.length];
    if (next === undefined || next.version === value) return;
    onChange(next.version);
    group.current?.querySelector<HTMLElement>(`[data-version="${next.version}"]`)?.focus();
  };
  return (
    <div
      ref={group}
      role="radiogroup"
      aria-label={t('playground.version')}
      className={segmentedStyles['group']}
      onKeyDown={walk}
    >
      {versions.map(({ version, lifecycle }) => {
        const isAble = lifecycle === 'available';
        const name = isAble
          ? t('playground.versionNumber', { version })
          : t('playground.versionIn', { version, state: t(`state.${lifecycle}`) });
        return (
          // biome-ignore lint/a11y/useSemanticElements: a native radio cannot hold the look of a segment
          <button
            key={version}
            type="button"
            role="radio"
            data-version={version}
            aria-checked={version === value}
            data-unloaded={isAble ? undefined : ''}
            aria-label={name}
            title={name}
            tabIndex={version === value ? 0 : -1}
            className={classes(segmentedStyles['segment'], styles['segment'])}
            onClick={() => {
              if (version !== value) onChange(version);
            }}
          >
            <VersionSwatch version={version} />
            {version}
          </button>
        );
      })}
    </div>
  );
}
