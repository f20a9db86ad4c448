import { classes } from './classes';
import styles from './Kbd.module.css';

/** The keys of a command, beside its name. Spoken by `aria-keyshortcuts` of the control instead. */
export function Kbd({ keys, className }: { readonly keys: string; readonly className?: string | undefined }) {
  return (
    <span className={classes(styles['keys'], className)} aria-hidden="true">
      {keys}
    </span>
  );
}
