import { useState } from 'react';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { CheckBox } from '../../ui/CheckBox';
import { Field } from '../../ui/Field';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { LoadingControl } from './LoadingControl';
import { PlanPreview } from './PlanPreview';
import styles from './PolicyControl.module.css';
import { draftOf, isChanged, type PolicyDraft } from './policy-draft';
import { policyWords } from './policy-words';

const mostCount = 999;

/** Which versions are kept loaded, and how one takes over from another. Nothing changes before *Apply*. */
export function PolicyControl({ model }: { readonly model: Model }) {
  const { t } = useServices();
  const [changes, setChanges] = useState<PolicyDraft | null>(null);
  const draft = changes ?? draftOf(model);
  const isDirty = changes !== null && isChanged(changes, model);
  const change = (part: Partial<PolicyDraft>): void => setChanges({ ...draft, ...part });

  return (
    <section className={styles['policy']} aria-label={t('policy.label')}>
      <span className={styles['label']}>
        {t(model.loaded === 'always' ? 'policy.keepLoaded' : 'loading.versions')}
      </span>
      <div className={styles['line']}>
        <SegmentedControl
          label={t('policy.group')}
          value={draft.kind}
          onChange={(kind) => change({ kind })}
          segments={[
            { value: 'latest', label: t('policy.latest') },
            { value: 'all', label: t('policy.all') },
            { value: 'specific', label: t('policy.specific') },
          ]}
        />
        {draft.kind === 'latest' && (
          <LatestCount count={draft.count} onChange={(count) => change({ count })} />
        )}
        {draft.kind === 'specific' && (
          <SpecificVersions
            model={model}
            chosen={draft.versions}
            onChange={(versions) => change({ versions })}
          />
        )}
        {isDirty && (
          <span className={styles['now']}>{t('policy.now', { policy: policyWords(model.policy, t) })}</span>
        )}
      </div>
      <span className={styles['label']}>{t('policy.switching')}</span>
      <div className={styles['line']}>
        <SegmentedControl
          label={t('policy.switchingGroup')}
          value={draft.switching}
          onChange={(switching) => change({ switching })}
          segments={[
            { value: 'availabilityPreserving', label: t('policy.keepServing') },
            { value: 'resourcePreserving', label: t('policy.saveMemory') },
          ]}
        />
        <span className={styles['help']}>
          {draft.switching === 'availabilityPreserving'
            ? t('policy.keepServingText')
            : t('policy.saveMemoryText')}
        </span>
      </div>
      <LoadingControl model={model} />
      {isDirty && <PlanPreview model={model} draft={draft} onDone={() => setChanges(null)} />}
    </section>
  );
}

function LatestCount({
  count,
  onChange,
}: {
  readonly count: number | null;
  readonly onChange: (count: number | null) => void;
}) {
  const { t } = useServices();
  const [text, setText] = useState(count === null ? '' : String(count));
  return (
    <Field
      type="number"
      label={t('policy.count')}
      min={1}
      max={mostCount}
      fieldClassName={styles['count']}
      value={text}
      problem={count === null ? t('policy.badCount', { most: mostCount }) : null}
      onChange={(event) => {
        setText(event.target.value);
        const next = Number(event.target.value);
        onChange(Number.isInteger(next) && next >= 1 && next <= mostCount ? next : null);
      }}
    />
  );
}

interface SpecificVersionsProps {
  readonly model: Model;
  readonly chosen: readonly number[];
  readonly onChange: (versions: readonly number[]) => void;
}

function SpecificVersions({ model, chosen, onChange }: SpecificVersionsProps) {
  const { t } = useServices();
  // a wanted version that is not on disk (yet) stays in the list, so that it can be unticked
  const known = new Set([...model.versions.map(({ version }) => version), ...chosen]);
  const versions = [...known].sort((a, b) => b - a);
  if (versions.length === 0) return <span className={styles['help']}>{t('policy.noVersions')}</span>;
  return (
    <fieldset className={styles['versions']} aria-label={t('policy.versions')}>
      {versions.map((version) => (
        <CheckBox
          key={version}
          label={t('policy.version', { version })}
          isChecked={chosen.includes(version)}
          onChange={(isChecked) =>
            onChange(isChecked ? [...chosen, version] : chosen.filter((each) => each !== version))
          }
        >
          {version}
        </CheckBox>
      ))}
    </fieldset>
  );
}
