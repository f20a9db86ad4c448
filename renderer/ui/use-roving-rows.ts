import { type KeyboardEvent, type RefObject, useCallback } from 'react';

export interface RovingRows {
  /** The rows' keys in their order; each row carries its own as `data-row`. */
  readonly keys: readonly string[];
  readonly current: string | null;
  readonly container: RefObject<HTMLElement | null>;
  /** Told where the focus goes by an arrow; `isExtending` with Shift. */
  readonly onMove: (key: string, isExtending: boolean) => void;
  /** Brings a row of a long list into sight first. */
  readonly scrollTo?: (index: number) => void;
  readonly onEnter?: (key: string) => void;
  readonly onSpace?: (key: string) => void;
}

const pageRows = 10;

/** Arrows, Home, End and Page keys move the focus among rows; one row at a time is in the tab order. */
export function useRovingRows({
  keys,
  current,
  container,
  onMove,
  scrollTo,
  onEnter,
  onSpace,
}: RovingRows): (event: KeyboardEvent) => void {
  return useCallback(
    (event) => {
      const row = event.target instanceof HTMLElement ? event.target.dataset['row'] : undefined;
      if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return; // keys of what stands in the row
      const at = keys.indexOf(current ?? row);
      const to = {
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        PageDown: at + pageRows,
        PageUp: at - pageRows,
        Home: 0,
        End: keys.length - 1,
      }[event.key];
      if (to !== undefined) {
        const index = Math.min(keys.length - 1, Math.max(0, to));
        const key = keys[index];
        event.preventDefault();
        if (key === undefined) return;
        scrollTo?.(index);
        onMove(key, event.shiftKey);
        requestAnimationFrame(() => {
          container.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`)?.focus();
        });
      } else if (event.key === 'Enter' && onEnter) {
        event.preventDefault();
        onEnter(row);
      } else if (event.key === ' ' && onSpace) {
        event.preventDefault();
        onSpace(row);
      }
    },
    [keys, current, container, onMove, scrollTo, onEnter, onSpace],
  );
}
