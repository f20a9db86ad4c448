import type { ReactNode } from 'react';
import styles from './EmptyState.module.css';

export interface EmptyStateProps {
  readonly heading: string;
  /** One sentence. */
  readonly text?: ReactNode;
  /** At most two buttons. */
  readonly actions?: ReactNode;
  /** `page` fills its place; `inline` takes a few lines in a list, `flush` the same where its place has margins. */
  readonly size?: 'page' | 'inline' | 'flush';
  /** The heading's level: 1 where it names the page. */
  readonly level?: 1 | 2 | 3;
  readonly id?: string;
}

/** What stands where nothing is yet: a heading, one sentence, at most two ways on. */
export function EmptyState({ heading, text, actions, size = 'page', level = 3, id }: EmptyStateProps) {
  const Heading = `h${level}` as const;
  return (
    <div className={styles[size]}>
      <Heading id={id} className={styles['heading']}>
        {heading}
      </Heading>
      {text !== undefined && <p className={styles['text']}>{text}</p>}
      {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
    </div>
  );
}
