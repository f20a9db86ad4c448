import type { ComponentPropsWithRef } from 'react';
import { classes } from './classes';
import styles from './TextArea.module.css';

export interface TextAreaProps extends Omit<ComponentPropsWithRef<'textarea'>, 'onChange' | 'value'> {
  /** Its accessible name. */
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
}

/** Several lines of text to type or paste in. */
export function TextArea({ label, value, onText, className, ...rest }: TextAreaProps) {
  return (
    <textarea
      spellCheck={false}
      {...rest}
      aria-label={label}
      className={classes(styles['text'], className)}
      value={value}
      onChange={(event) => onText(event.target.value)}
    />
  );
}
