import { useEffect, useState } from 'react';
import { AppError, isCancelled, type WireError } from '../../../app/base/errors';
import type { Model, Plan } from '../../../app/contract/models';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { stateLooks } from '../../ui/StateBadge';
import { ApplyPreview } from './ApplyPreview';
import styles from './PlanPreview.module.css';
import { planLines } from './plan-words';
import { type PolicyDraft, policyOf } from './policy-draft';

export interface PlanPreviewProps {
  readonly model: Model;
  readonly draft: PolicyDraft;
  /** Applied or given up. */
  readonly onDone: () => void;
}

/** Consequences of a policy in words, before it is applied. */
export function PlanPreview({ model, draft, onDone }: PlanPreviewProps) {
  const services = useServices();
  const { t, client, actions } = services;
  const [plan, setPlan] = useState<Plan | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const [isApplying, setApplying] = useState(false);

  const policy = policyOf(draft);

  useEffect(() => {
    let isStale = false;
    const wanted = policyOf(draft);
    if (wanted === null) {
      setPlan(null);
      return;
    }
    const input = { model: model.name, policy: wanted, switching: draft.switching };
    client.call('models.previewPolicy', input).then(
      (next) => {
        if (isStale) return;
        setPlan(next);
        setError(null);
      },
      (thrown: unknown) => {
        if (!isStale && !isCancelled(thrown)) setError(AppError.from(thrown).toWire());
      },
    );
    return () => {
      isStale = true;
    };
  }, [client, model, draft]); // a model that changes meanwhile changes what would happen

  const apply = async (): Promise<void> => {
    if (policy === null) return;
    setApplying(true);
    const isDone = await actions.applyPolicy(model.name, policy, draft.switching);
    setApplying(false);
    if (isDone) onDone();
  };

  return (
    <ApplyPreview
      label={t('policy.preview')}
      error={error}
      isApplying={isApplying}
      unavailable={policy === null ? t('policy.fixFirst') : null}
      onApply={() => void apply()}
      onCancel={onDone}
      className={styles['preview']}
    >
      <ul className={styles['lines']} aria-live="polite">
        {plan &&
          planLines(plan, services).map((line) => (
            <li key={line.id} className={classes(line.isWarning && styles['warning'])}>
              <Icon of={stateLooks[line.state].icon} />
              <span>{line.text}</span>
            </li>
          ))}
      </ul>
    </ApplyPreview>
  );
}
