import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../services';

/** Up to this many rows are simply drawn. */
const plainRows = 100;
const overscan = 12;

export interface VirtualRows {
  /** The rows to draw, by index. */
  readonly indexes: readonly number[];
  /** Pixels that stand for the rows before and after them. */
  readonly before: number;
  readonly after: number;
  /** How many rows there are, for `aria-rowcount`; undefined while all are drawn. */
  readonly total: number | undefined;
  readonly scrollTo: (index: number) => void;
}

/** Height of a table row in pixels, by density. */
export function useRowHeight(): number {
  const { settings } = useServices();
  return useStore(settings.store, (state) => (state.settings.density === 'compact' ? 28 : 36));
}

/** Draws only what is in sight of a long table. */
export function useVirtualRows(count: number, scroller: RefObject<HTMLElement | null>): VirtualRows {
  const height = useRowHeight();
  const isLong = count > plainRows;
  const virtualizer = useVirtualizer({
    count: isLong ? count : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan,
  });
  if (!isLong) {
    return {
      indexes: Array.from({ length: count }, (_, index) => index),
      before: 0,
      after: 0,
      total: undefined,
      scrollTo: () => undefined,
    };
  }
  const items = virtualizer.getVirtualItems();
  return {
    indexes: items.map((item) => item.index),
    before: items[0]?.start ?? 0,
    after: virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0),
    total: count,
    scrollTo: (index) => virtualizer.scrollToIndex(index),
  };
}
