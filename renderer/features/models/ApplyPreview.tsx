import type { ReactNode } from 'react';
import type { WireError } from '../../../app/base/errors';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { ErrorView } from '../../ui/ErrorView';
import styles from './ApplyPreview.module.css';

export interface ApplyPreviewProps {
  readonly label: string;
  /** Why it could not be foretold, or applied. */
  readonly error: WireError | null;
  readonly isApplying: boolean;
  /** Why it cannot be applied as it stands. */
  readonly unavailable: string | null;
  readonly onApply: () => void;
  readonly onCancel: () => void;
  readonly className?: string | undefined;
  /** What it would do. */
  readonly children: ReactNode;
}

/** What a change would do, with the buttons that apply it or give it up. */
export function ApplyPreview({
  label,
  error,
  isApplying,
  unavailable,
  onApply,
  onCancel,
  className,
  children,
}: ApplyPreviewProps) {
  const { t } = useServices();
  return (
    <fieldset className={classes(styles['preview'], className)} aria-label={label}>
      {error && <ErrorView error={error} />}
      <div className={styles['words']}>{children}</div>
      <div className={styles['buttons']}>
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
        <Button look="primary" isBusy={isApplying} unavailable={unavailable} onClick={onApply}>
          {t('common.apply')}
        </Button>
      </div>
    </fieldset>
  );
}
