import type { LucideIcon } from 'lucide-react';
import type { ComponentPropsWithRef } from 'react';
import { classes } from './classes';
import { Icon } from './Icon';
import styles from './IconButton.module.css';
import { Tooltip } from './Tooltip';

export interface IconButtonProps
  extends Omit<ComponentPropsWithRef<'button'>, 'disabled' | 'children' | 'aria-label' | 'title'> {
  /** Its accessible name. */
  readonly label: string;
  /** Shown on hover and focus, when it should say more than the name, such as the keys. */
  readonly tip?: string;
  readonly icon: LucideIcon;
  /** `sm` (24) in rows, `md` (32) in headers. */
  readonly size?: 'sm' | 'md';
  /** For a button that stays down: is it? */
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
}

/** A button with a picture only; its name is spoken, and shown as a tooltip. */
export function IconButton({
  label,
  tip = label,
  icon,
  size = 'md',
  isPressed,
  isDisabled = false,
  className,
  onClick,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={tip}>
      <button
        type="button"
        {...rest}
        className={classes(styles['button'], styles[size], className)}
        aria-label={label}
        aria-pressed={isPressed}
        aria-disabled={isDisabled || undefined}
        onClick={isDisabled ? undefined : onClick}
      >
        <Icon of={icon} />
      </button>
    </Tooltip>
  );
}
