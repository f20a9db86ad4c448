import { AlertDialog as Base } from '@base-ui/react/alert-dialog';
import { type ReactNode, useRef } from 'react';
import { useServices } from '../services';
import { Button } from './Button';
import { classes } from './classes';
import styles from './Dialog.module.css';

export interface AlertDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  /** What will happen, and what stays. */
  readonly text: ReactNode;
  /** The verb on the button, such as "Remove model". */
  readonly action: string;
  /** A choice that goes with it. */
  readonly children?: ReactNode;
  readonly onConfirm: () => void;
}

/** Asks before something is lost. Cancel is the default and has the focus. */
export function AlertDialog({ isOpen, onClose, title, text, action, children, onConfirm }: AlertDialogProps) {
  const { t } = useServices();
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles['backdrop']} />
        <Base.Popup className={classes(styles['sheet'], styles['narrow'])} initialFocus={cancel}>
          <header className={styles['head']}>
            <Base.Title className={styles['title']}>{title}</Base.Title>
            <Base.Description className={styles['description']}>{text}</Base.Description>
          </header>
          {children !== undefined && <div className={styles['choice']}>{children}</div>}
          <footer className={classes(styles['foot'], styles['plainFoot'])}>
            <Button ref={cancel} size="lg" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              size="lg"
              look="danger"
              onClick={() => {
                onClose();
                onConfirm();
              }}
            >
              {action}
            </Button>
          </footer>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
