import { Copy, OctagonAlert } from 'lucide-react';
import { useState } from 'react';
import { AppError, type WireError } from '../../app/base/errors';
import { useServices } from '../services';
import { Button } from './Button';
import styles from './ErrorView.module.css';
import { Icon } from './Icon';

export interface ErrorViewProps {
  readonly error: WireError;
  readonly onRetry?: (() => void) | undefined;
  /** `page` for a place that cannot show its content; `inline` beside what failed. */
  readonly size?: 'page' | 'inline';
}

/** A failure in plain words: what happened, why, what to do; the technical part behind *Details*. */
export function ErrorView({ error, onRetry, size = 'inline' }: ErrorViewProps) {
  const { t, errorWords } = useServices();
  const [isOpen, setOpen] = useState(false);
  const { title, text, next } = errorWords(error);
  return (
    <div role="alert" className={styles[size]}>
      <Icon of={OctagonAlert} className={styles['icon']} />
      <div className={styles['words']}>
        <strong>{title}</strong>
        <p>{text}</p>
        {next !== null && <p className={styles['next']}>{next}</p>}
        <div className={styles['actions']}>
          {onRetry && (
            <Button size="sm" onClick={onRetry}>
              {t('common.tryAgain')}
            </Button>
          )}
          <Button size="sm" look="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t('common.details')}
          </Button>
        </div>
        {isOpen && <ErrorDetails error={error} />}
      </div>
    </div>
  );
}

/** The technical part of a failure, with a way to copy it. */
export function ErrorDetails({ error }: { readonly error: WireError }) {
  const { t, client, toasts } = useServices();
  const text = `${error.code} (${error.status})\n${error.detail}`;
  const copy = (): void => {
    client.call('app.copyText', { text }).then(
      () => toasts.say(t('common.copied')),
      (thrown: unknown) => toasts.fail(AppError.from(thrown)),
    );
  };
  return (
    <div className={styles['details']}>
      <pre>{text}</pre>
      <Button size="sm" look="quiet" icon={Copy} onClick={copy}>
        {t('common.copyDetails')}
      </Button>
    </div>
  );
}
