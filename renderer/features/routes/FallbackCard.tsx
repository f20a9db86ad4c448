import { ArrowDown, ArrowUp, LifeBuoy, X } from 'lucide-react';
import { useState } from 'react';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { IconButton } from '../../ui/IconButton';
import { Picker } from '../../ui/Picker';
import { ArmName } from './ArmMark';
import { lookOf } from './arm-look';
import { Problems } from './Problems';
import { problemsUnder } from './problem-places';
import { RuleFrame } from './RuleFrame';
import styles from './Rules.module.css';
import { moved } from './route-draft';
import { useRouteEditor } from './use-route-editor';

/** Who answers when the chosen arm is not available, in order. */
export function FallbackCard() {
  const { t } = useServices();
  const { draft, looks, problems, change } = useRouteEditor();
  const [isOpen, setOpen] = useState(false);
  const { fallback, arms } = draft;
  const nameOf = (arm: string): string => lookOf(looks, arm).name;
  const set = (next: readonly string[]): void => change((before) => ({ ...before, fallback: [...next] }));
  const free = arms.filter(({ id }) => !fallback.includes(id));
  return (
    <RuleFrame
      number={LifeBuoy}
      label={t('routes.fallback')}
      head={
        <>
          <strong>{t('routes.fallback')}</strong>
          <span className={styles['note']}>{t('routes.fallbackText')}</span>
        </>
      }
      actions={
        <Button
          size="sm"
          look="link"
          aria-expanded={isOpen}
          aria-label={t('routes.changeFallback')}
          onClick={() => setOpen(!isOpen)}
        >
          {t(isOpen ? 'routes.done' : 'routes.change')}
        </Button>
      }
    >
      {isOpen ? (
        <fieldset className={styles['form']} aria-label={t('routes.fallback')}>
          <ol>
            {fallback.map((arm, at) => (
              <li key={arm} className={styles['order']}>
                <ArmName look={lookOf(looks, arm)} />
                <IconButton
                  size="sm"
                  icon={ArrowUp}
                  label={t('routes.earlier', { arm: nameOf(arm) })}
                  isDisabled={at === 0}
                  onClick={() => set(moved(fallback, at, -1))}
                />
                <IconButton
                  size="sm"
                  icon={ArrowDown}
                  label={t('routes.later', { arm: nameOf(arm) })}
                  isDisabled={at === fallback.length - 1}
                  onClick={() => set(moved(fallback, at, 1))}
                />
                <IconButton
                  size="sm"
                  icon={X}
                  label={t('routes.noFallbackTo', { arm: nameOf(arm) })}
                  onClick={() => set(fallback.toSpliced(at, 1))}
                />
              </li>
            ))}
          </ol>
          {free.length > 0 && (
            <div>
              <Picker
                label={t('routes.addFallback')}
                placeholder={t('routes.addFallback')}
                size="sm"
                value={null}
                onChange={(arm) => set([...fallback, arm])}
                options={free.map(({ id }) => ({ value: id, label: nameOf(id) }))}
              />
            </div>
          )}
        </fieldset>
      ) : (
        <div className={styles['line']}>
          {fallback.length === 0
            ? t('routes.fallbackNone')
            : fallback.map((arm, at) => (
                <span key={arm} className={styles['pair']}>
                  <span className={styles['note']}>{at + 1}.</span>
                  <ArmName look={lookOf(looks, arm)} />
                </span>
              ))}
        </div>
      )}
      <Problems problems={problemsUnder(problems, 'fallback')} />
    </RuleFrame>
  );
}
