import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Model } from '../../../app/contract/models';
import { type Arm, armIdSchema } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { selectModelNames } from '../../stores/models';
import { selectRouteNames } from '../../stores/routes';
import { Field } from '../../ui/Field';
import { FormDialog } from '../../ui/FormDialog';
import { Picker, type PickerOption } from '../../ui/Picker';
import { VersionSwatch } from '../../ui/VersionMark';
import styles from './ArmDialog.module.css';
import { type ArmTarget, armIdFor, armIds, withArm, withChangedArm } from './route-draft';
import { withShare } from './split';
import { useRouteEditor } from './use-route-editor';

export interface ArmDialogProps {
  /** Null adds one. */
  readonly arm: Arm | null;
  readonly onClose: () => void;
}

/** What a picker calls the three ways to name a version. */
const latest = 'latest';
const versionKey = (version: number): string => `version ${version}`;
const labelKey = (label: string): string => `label ${label}`;

const keyOf = ({ version, label }: ArmTarget): string =>
  version !== null ? versionKey(version) : label !== null ? labelKey(label) : latest;

function targetOf(model: string, key: string): ArmTarget {
  if (key.startsWith('version ')) return { model, version: Number(key.slice(8)), label: null };
  if (key.startsWith('label ')) return { model, version: null, label: key.slice(6) };
  return { model, version: null, label: null };
}

/** `dialog` "Add arm": a model and one of its versions, a label or another route. */
export function ArmDialog({ arm, onClose }: ArmDialogProps) {
  const { t, models, routes } = useServices();
  const { draft, name, change } = useRouteEditor();
  const byName = useStore(models.store, (state) => state.byName);
  const modelNames = useStore(models.store, useShallow(selectModelNames));
  const routeNames = useStore(routes.store, useShallow(selectRouteNames)).filter((each) => each !== name);
  const [target, setTarget] = useState<ArmTarget>(() => arm ?? firstTarget());
  const [typedId, setTypedId] = useState<string | null>(arm?.id ?? null);
  const taken = armIds(draft).filter((id) => id !== arm?.id);
  const id = typedId ?? armIdFor(target, taken, routeNames.includes(target.model));
  const model = byName.get(target.model);
  const problem = !armIdSchema.safeParse(id).success
    ? t('routes.armIdBad')
    : taken.includes(id)
      ? t('routes.armIdTaken')
      : null;

  /** A version of the model at hand that no arm leads to yet. */
  function firstTarget(): ArmTarget {
    const used = draft.arms[0]?.model ?? modelNames[0] ?? '';
    const free = byName
      .get(used)
      ?.versions.find(
        ({ version }) => !draft.arms.some((each) => each.model === used && each.version === version),
      );
    return { model: used, version: free?.version ?? null, label: null };
  }

  const submit = (): void => {
    change((before) => {
      if (arm) return withChangedArm(before, arm.id, { ...target, id });
      const next = withArm(before, target, id);
      return { ...next, split: withShare(next.split, id) };
    });
    onClose();
  };
  const versionOptions = useVersionOptions(model);

  return (
    <FormDialog
      title={t(arm ? 'routes.changeArmTitle' : 'routes.addArm')}
      description={t('routes.armText')}
      action={t(arm ? 'routes.changeArmAction' : 'routes.addArm')}
      unavailable={target.model === '' ? t('routes.noModels') : problem}
      onClose={onClose}
      onSubmit={submit}
      className={styles['form']}
    >
      <div className={styles['line']}>
        <span aria-hidden="true">{t('routes.armModel')}</span>
        <Picker
          label={t('routes.armModel')}
          value={target.model}
          onChange={(next) => setTarget({ model: next, version: null, label: null })}
          options={[
            ...modelNames.map((each) => ({ value: each, label: each })),
            ...routeNames.map((each) => ({ value: each, label: each, note: t('routes.route') })),
          ]}
        />
      </div>
      {model && (
        <div className={styles['line']}>
          <span aria-hidden="true">{t('routes.armVersion')}</span>
          <Picker
            label={t('routes.armVersion')}
            value={keyOf(target)}
            onChange={(key) => setTarget(targetOf(target.model, key))}
            options={versionOptions}
          />
        </div>
      )}
      <div className={styles['line']}>
        <span aria-hidden="true">{t('routes.armId')}</span>
        <Field
          label={t('routes.armId')}
          value={id}
          maxLength={32}
          problem={problem}
          onChange={(event) => setTypedId(event.target.value)}
        />
      </div>
      <p className={styles['help']}>{t('routes.armIdHelp')}</p>
    </FormDialog>
  );
}

function useVersionOptions(model: Model | undefined): PickerOption<string>[] {
  const { t } = useServices();
  return useMemo(() => {
    const { versions = [], labels = [] } = model ?? {};
    return [
      { value: latest, label: t('routes.arm.latest'), note: t('routes.latestNote') },
      ...labels.map(({ label, version }) => ({
        value: labelKey(label),
        label: t('routes.arm.label', { label }),
        note: t('routes.labelNote', { version }),
      })),
      ...versions.map(({ version, lifecycle }) => ({
        value: versionKey(version),
        label: t('routes.arm.version', { version }),
        mark: <VersionSwatch version={version} />,
        ...(lifecycle === 'available' ? {} : { note: t(`state.${lifecycle}`) }),
      })),
    ];
  }, [model, t]);
}
