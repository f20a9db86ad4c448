import type { ReactNode } from 'react';
import styles from './DetailPane.module.css';

export interface DetailPaneProps {
  /** The id of its title. */
  readonly labelledBy: string;
  /** Escape, unless somebody types or something nearer takes it. */
  readonly onLeave?: () => void;
  readonly children: ReactNode;
}

const isTyping = (target: EventTarget): boolean => target instanceof HTMLInputElement;

/** What is chosen in a list, in full: a head, then what scrolls. */
export function DetailPane({ labelledBy, onLeave, children }: DetailPaneProps) {
  return (
    <section
      className={styles['pane']}
      aria-labelledby={labelledBy}
      data-region=""
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented && !isTyping(event.target)) onLeave?.();
      }}
    >
      {children}
    </section>
  );
}

/** The title in its head; a long one ends in dots. It takes the focus when the pane is opened. */
export function DetailTitle({ id, title }: { readonly id: string; readonly title: string }) {
  return (
    <h2 id={id} tabIndex={-1} className={styles['title']} title={title}>
      {title}
    </h2>
  );
}
