import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ResultRow } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { VersionMark } from '../../ui/VersionMark';
import { useFailureWords } from './AnswerCell';
import styles from './ResultGallery.module.css';
import type { ResultListProps } from './result-list';
import { rowAt } from './result-pages';

/** Pixels, with the gap. */
const tileWidth = 148;
const lineHeight = 20;
/** Picture, paddings, borders and the gap between rows. */
const restHeight = 124;

/** `listbox`: pictures as tiles with what each version said; arrows move in both directions, Enter opens. */
export function ResultGallery({ job, results, total, selected, onSelect, onOpen }: ResultListProps) {
  const { t } = useServices();
  const state = useStore(results.pages.store);
  const scroller = useRef<HTMLDivElement>(null);
  const listId = useId();
  const perRow = useTilesPerRow(scroller);
  const rowHeight = restHeight + lineHeight * (1 + job.versions.length);
  const virtual = useVirtualizer({
    count: Math.ceil(total / perRow),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 2,
    initialRect: { width: 800, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const first = (items[0]?.index ?? 0) * perRow;
  const last = ((items.at(-1)?.index ?? 0) + 1) * perRow - 1;
  useEffect(() => results.pages.need(first, last), [results.pages, first, last]);

  const walk = (event: KeyboardEvent): void => {
    const to = {
      ArrowRight: selected + 1,
      ArrowLeft: selected - 1,
      ArrowDown: selected + perRow,
      ArrowUp: selected - perRow,
      Home: 0,
      End: total - 1,
    }[event.key];
    if (event.key === 'Enter') {
      const row = rowAt(state, selected);
      if (row) onOpen(row);
    } else if (to !== undefined) {
      const index = Math.min(total - 1, Math.max(0, to));
      onSelect(index);
      virtual.scrollToIndex(Math.floor(index / perRow));
    } else return;
    event.preventDefault();
  };
  return (
    <div
      ref={scroller}
      role="listbox"
      tabIndex={0}
      aria-label={t('jobs.results', { title: job.title })}
      aria-activedescendant={`${listId}-${selected}`}
      data-command-scope="list"
      className={styles['gallery']}
      onKeyDown={walk}
    >
      <div className={styles['sizer']} style={{ blockSize: virtual.getTotalSize() }} role="presentation">
        {items.map((item) => (
          <div
            key={item.key}
            role="presentation"
            className={styles['row']}
            style={{
              transform: `translateY(${item.start}px)`,
              gridTemplateColumns: `repeat(${perRow}, 1fr)`,
            }}
          >
            {Array.from({ length: perRow }, (_, at) => item.index * perRow + at)
              .filter((index) => index < total)
              .map((index) => (
                <Tile
                  key={index}
                  id={`${listId}-${index}`}
                  index={index}
                  total={total}
                  row={rowAt(state, index)}
                  isSelected={index === selected}
                  isScrolling={virtual.isScrolling}
                  onSelect={onSelect}
                  onOpen={onOpen}
                />
              ))}
          </div>
        ))}
      </div>
    </div>
  );
}

interface TileProps {
  readonly id: string;
  readonly index: number;
  readonly total: number;
  /** Undefined while it is read. */
  readonly row: ResultRow | undefined;
  readonly isSelected: boolean;
  /** Pictures that only fly past are not drawn. */
  readonly isScrolling: boolean;
  readonly onSelect: (index: number) => void;
  readonly onOpen: (row: ResultRow) => void;
}

function Tile({ id, index, total, row, isSelected, isScrolling, onSelect, onOpen }: TileProps) {
  const { t, format } = useServices();
  const failureWords = useFailureWords();
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    if (row && !isScrolling) setDrawn(true);
  }, [row, isScrolling]);
  const words = (answer: ResultRow['answers'][number]): string => {
    if (answer.class === null) return failureWords(answer.error ?? '');
    if (answer.probability === null) return answer.class;
    return t('jobs.results.answer', {
      answer: answer.class,
      percent: format.probability(answer.probability),
    });
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus and points at its active option
    <div
      id={id}
      role="option"
      aria-selected={isSelected}
      aria-label={row ? undefined : t('common.loading')}
      aria-posinset={index + 1}
      aria-setsize={total}
      className={styles['tile']}
      onClick={() => onSelect(index)}
      onDoubleClick={() => {
        if (row) onOpen(row);
      }}
    >
      <span className={styles['frame']}>
        {row?.thumb && isDrawn && <img className={styles['picture']} src={row.thumb} alt="" />}
      </span>
      <span className={styles['name']} title={row?.name}>
        {row?.name}
      </span>
      {row?.answers.map((answer) => (
        <span key={answer.version} className={styles['answer']} title={words(answer)}>
          <VersionMark version={answer.version} />
          <span className="visually-hidden"> {t('jobs.results.version', { version: answer.version })} </span>
          <span className={styles['cut']}>{answer.class ?? failureWords(answer.error ?? '')}</span>{' '}
          {answer.probability !== null && (
            <span className={styles['number']}>{format.probability(answer.probability)}</span>
          )}
        </span>
      ))}
    </div>
  );
}

/** As many tiles as fit beside each other. */
function useTilesPerRow(scroller: React.RefObject<HTMLDivElement | null>): number {
  const [count, setCount] = useState(4);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = (): void =>
      setCount(element.clientWidth > 0 ? Math.max(1, Math.floor(element.clientWidth / tileWidth)) : 4);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return count;
}
