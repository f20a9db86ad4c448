import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import styles from './virtual-rows.module.css';

export interface VirtualRowsOptions {
  readonly count: number;
  readonly rowHeight: number;
  /** What scrolls; the table may stand anywhere inside it. */
  readonly scroller: RefObject<HTMLElement | null>;
}

export interface VirtualRows {
  /** For the `tbody` that holds the rows. */
  readonly body: RefObject<HTMLTableSectionElement | null>;
  /** The rows in sight and a few beyond, by their place in the list. */
  readonly indices: readonly number[];
  /** Pixels of rows that are not drawn, before and after those that are. */
  readonly before: number;
  readonly after: number;
  readonly virtual: Virtualizer<HTMLElement, Element>;
}

/** Before anything has been measured. */
const initialRect = { width: 400, height: 800 };

/** Draws only the rows in sight of a real table: put a `SpacerRow` before and after them. */
export function useVirtualRows({ count, rowHeight, scroller }: VirtualRowsOptions): VirtualRows {
  const body = useRef<HTMLTableSectionElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => {
    const outer = scroller.current;
    if (outer === null || body.current === null) return;
    const top = body.current.getBoundingClientRect().top - outer.getBoundingClientRect().top;
    setScrollMargin(top + outer.scrollTop);
  });
  const virtual = useVirtualizer<HTMLElement, Element>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    initialRect,
    scrollMargin,
  });
  const items = virtual.getVirtualItems();
  const total = virtual.getTotalSize();
  return {
    body,
    indices: items.map(({ index }) => index),
    before: items.length === 0 ? 0 : (items[0]?.start ?? 0) - scrollMargin,
    after: items.length === 0 ? 0 : total - ((items.at(-1)?.end ?? 0) - scrollMargin),
    virtual,
  };
}

/** Stands for rows that are not drawn. */
export function SpacerRow({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a spacer holds nothing that could take the focus
    <tr aria-hidden="true">
      <td colSpan={columns} className={styles['spacer']} style={{ blockSize: height }} />
    </tr>
  );
}
