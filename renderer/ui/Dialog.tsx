import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode, RefObject } from 'react';
import { classes } from './classes';
import styles from './Dialog.module.css';

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  /** One sentence under the title. */
  readonly description?: ReactNode;
  readonly children: ReactNode;
  /** The row of buttons at the end. */
  readonly footer?: ReactNode;
  /** 760 pixels for `wide`, 440 for `narrow`. */
  readonly width?: 'narrow' | 'wide';
  readonly initialFocus?: RefObject<HTMLElement | null>;
}

/** A modal sheet. Focus goes in, stays in, and goes back to where it was. */
export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  children,
  footer,
  width = 'wide',
  initialFocus,
}: DialogProps) {
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles['backdrop']} />
        <Base.Popup
          className={classes(styles['sheet'], styles[width])}
          {...(initialFocus ? { initialFocus } : {})}
        >
          <header className={styles['head']}>
            <Base.Title className={styles['title']}>{title}</Base.Title>
            {description !== undefined && (
              <Base.Description className={styles['description']}>{description}</Base.Description>
            )}
          </header>
          <div className={styles['body']}>{children}</div>
          {footer !== undefined && <footer className={styles['foot']}>{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
