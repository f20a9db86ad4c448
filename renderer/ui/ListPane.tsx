import type { ReactNode } from 'react';
import styles from './ListPane.module.css';
import { PaneHead } from './Panel';

export interface ListPaneProps {
  /** What the pane is called, as a region. */
  readonly label: string;
  /** Of the area. */
  readonly title: string;
  /** At the end of the head. */
  readonly controls: ReactNode;
  /** Without a line under the head where more of it follows. */
  readonly hasLine?: boolean;
  readonly children: ReactNode;
}

/** The list of an area: a head, then what scrolls. Its stylesheet has what such lists are made of. */
export function ListPane({ label, title, controls, hasLine = true, children }: ListPaneProps) {
  return (
    <section className={styles['pane']} aria-label={label} data-region="">
      <PaneHead hasLine={hasLine}>
        <h1 id="title" className={styles['title']}>
          {title}
        </h1>
        {controls}
      </PaneHead>
      {children}
    </section>
  );
}
