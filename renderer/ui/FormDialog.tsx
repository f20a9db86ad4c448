import { type FormEvent, type ReactNode, type RefObject, useId } from 'react';
import { useServices } from '../services';
import { Button } from './Button';
import { Dialog } from './Dialog';

export interface FormDialogProps {
  readonly title: string;
  /** One sentence under the title. */
  readonly description: string;
  /** On the button that does it. */
  readonly action: string;
  /** Why it cannot be done as it stands. */
  readonly unavailable: string | null;
  readonly isBusy?: boolean;
  readonly initialFocus?: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
  /** By the button or by Enter; never while it is unavailable or busy. */
  readonly onSubmit: () => void;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A narrow sheet with a few fields, Cancel, and the button that does what they say. */
export function FormDialog({
  title,
  description,
  action,
  unavailable,
  isBusy = false,
  initialFocus,
  onClose,
  onSubmit,
  className,
  children,
}: FormDialogProps) {
  const { t } = useServices();
  const formId = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (unavailable === null && !isBusy) onSubmit();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="narrow"
      title={title}
      description={description}
      {...(initialFocus ? { initialFocus } : {})}
      footer={
        <>
          <Button size="lg" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            type="submit"
            form={formId}
            size="lg"
            look="primary"
            isBusy={isBusy}
            unavailable={unavailable}
          >
            {action}
          </Button>
        </>
      }
    >
      <form id={formId} className={className} onSubmit={submit}>
        {children}
      </form>
    </Dialog>
  );
}
