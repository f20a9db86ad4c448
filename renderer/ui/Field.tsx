import type { LucideIcon } from 'lucide-react';
import { type ComponentPropsWithRef, type ReactNode, useId } from 'react';
import { classes } from './classes';
import styles from './Field.module.css';
import { Icon } from './Icon';

export interface FieldProps extends Omit<ComponentPropsWithRef<'input'>, 'size'> {
  /** Its accessible name. */
  readonly label: string;
  readonly icon?: LucideIcon;
  /** What stands behind the text, such as keys or a unit. */
  readonly end?: ReactNode;
  /** What is wrong with the text, said beside it. */
  readonly problem?: string | null;
  readonly fieldClassName?: string | undefined;
}

/** One line of text to type in. */
export function Field({ label, icon, end, problem = null, fieldClassName, ...rest }: FieldProps) {
  const problemId = useId();
  return (
    <span className={classes(styles['outer'], fieldClassName)}>
      <span className={styles['field']} data-invalid={problem === null ? undefined : ''}>
        {icon && <Icon of={icon} />}
        <input
          type="text"
          spellCheck={false}
          {...rest}
          aria-label={label}
          aria-invalid={problem === null ? undefined : true}
          aria-describedby={problem === null ? rest['aria-describedby'] : problemId}
        />
        {end}
      </span>
      {problem !== null && (
        <span id={problemId} role="alert" className={styles['problem']}>
          {problem}
        </span>
      )}
    </span>
  );
}
