import type { LucideIcon } from 'lucide-react';
import { LoaderCircle } from 'lucide-react';
import type { ComponentPropsWithRef } from 'react';
import styles from './Button.module.css';
import { classes } from './classes';
import { Icon } from './Icon';

export interface ButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'disabled'> {
  readonly look?: 'default' | 'primary' | 'quiet' | 'danger' | 'link';
  /** `sm` in rows, `md` elsewhere, `lg` in dialogs and empty states. */
  readonly size?: 'sm' | 'md' | 'lg';
  readonly icon?: LucideIcon | undefined;
  /** Busy with what it was pressed for: it keeps its label, and does nothing more. */
  readonly isBusy?: boolean;
  /** Why it cannot be pressed now. It stays reachable, so that the reason can be read. */
  readonly unavailable?: string | null;
}

/** A button with words on it. */
export function Button({
  look = 'default',
  size = 'md',
  icon,
  isBusy = false,
  unavailable = null,
  className,
  children,
  onClick,
  title,
  ...rest
}: ButtonProps) {
  const isInert = isBusy || unavailable !== null;
  return (
    <button
      type="button"
      {...rest}
      className={classes(styles['button'], styles[look], styles[size], icon && styles['withIcon'], className)}
      aria-busy={isBusy || undefined}
      aria-disabled={isInert || undefined}
      title={unavailable ?? title}
      onClick={isInert ? undefined : onClick}
    >
      {isBusy ? <Icon of={LoaderCircle} isSpinning /> : icon && <Icon of={icon} />}
      {children}
    </button>
  );
}
