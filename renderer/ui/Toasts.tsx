import { Toast } from '@base-ui/react/toast';
import { CircleCheck, OctagonAlert, X } from 'lucide-react';
import { useState } from 'react';
import { useServices } from '../services';
import type { ToastData } from '../stores/toasts';
import { Button } from './Button';
import { ErrorDetails } from './ErrorView';
import { Icon } from './Icon';
import { IconButton } from './IconButton';
import styles from './Toasts.module.css';

/** The region "Notifications", at most three messages high. */
export function Toasts() {
  const { t, toasts } = useServices();
  return (
    <Toast.Provider toastManager={toasts.manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={styles['viewport']} aria-label={t('common.notifications')} aria-live="off">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts: shown } = Toast.useToastManager<ToastData>();
  return shown.map((toast) => <ToastCard key={toast.id} toast={toast} />);
}

/** The primitive's default says `aria-modal`, which its role `dialog` has and ours have not. */
const notModal = { 'aria-modal': undefined };

function ToastCard({ toast }: { readonly toast: Toast.Root.ToastObject<ToastData> }) {
  const { t, toasts } = useServices();
  const [isOpen, setOpen] = useState(false);
  const isFailure = toast.type === 'failed';
  const { action, error } = toast.data ?? {};
  return (
    <Toast.Root
      toast={toast}
      role={isFailure ? 'alert' : 'status'}
      {...notModal}
      swipeDirection={[]}
      className={styles['toast']}
    >
      <Icon
        of={isFailure ? OctagonAlert : CircleCheck}
        className={isFailure ? styles['err'] : styles['ok']}
      />
      <Toast.Content className={styles['content']}>
        <Toast.Title className={isFailure ? styles['title'] : undefined} />
        <Toast.Description className={styles['text']} />
        {isOpen && error && <ErrorDetails error={error} />}
      </Toast.Content>
      {error && (
        <Button size="sm" look="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t('common.details')}
        </Button>
      )}
      {action && (
        <Button
          size="sm"
          look="link"
          onClick={() => {
            toasts.manager.close(toast.id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton
        size="sm"
        icon={X}
        label={t('common.dismiss')}
        onClick={() => toasts.manager.close(toast.id)}
      />
    </Toast.Root>
  );
}
