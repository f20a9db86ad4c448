import { type ReactNode, useId } from 'react';
import { useServices } from '../services';
import { Button } from './Button';
import styles from './OptionLine.module.css';

export interface OptionLineProps {
  readonly name: string;
  /** What it does. */
  readonly help: string;
  /** What holds now, where that is not plain from the control. */
  readonly now?: string | undefined;
  /** Its default in words; absent for what has none. */
  readonly standard?: string;
  /** Back to the default; absent while it has it. */
  readonly onReset?: (() => void) | undefined;
  /** Its control. */
  readonly children: ReactNode;
}

/** One thing that can be set: name, what it does, its control, and its default with *Reset* once it differs. */
export function OptionLine({ name, help, now, standard, onReset, children }: OptionLineProps) {
  const { t } = useServices();
  const helpId = useId();
  return (
    <fieldset className={styles['line']} aria-label={name} aria-describedby={helpId}>
      <div className={styles['words']}>
        <span className={styles['name']}>{name}</span>
        <p id={helpId} className={styles['help']}>
          {help}
        </p>
        {now !== undefined && <p className={styles['now']}>{now}</p>}
      </div>
      <div className={styles['control']}>
        {children}
        {standard !== undefined && (
          <span className={styles['default']}>
            {t('settings.default', { value: standard })}
            {onReset && (
              <Button
                size="sm"
                look="link"
                aria-label={t('settings.resetNamed', { name, value: standard })}
                onClick={onReset}
              >
                {t('common.reset')}
              </Button>
            )}
          </span>
        )}
      </div>
    </fieldset>
  );
}
