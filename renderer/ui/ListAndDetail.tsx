import type { ReactNode } from 'react';
import { Skeleton } from './Skeleton';
import { Split } from './Split';
import { narrowWindow, oneColumn, useMedia } from './use-media';

export interface ListAndDetailProps {
  /** Of the area; the width that a person gives the list is kept under it. */
  readonly name: string;
  readonly title: string;
  /** Of the list. */
  readonly label: string;
  readonly list: ReactNode;
  readonly detail: ReactNode;
  /** In one column: is it the detail rather than the list? */
  readonly isDetailShown: boolean;
  /** Widths of the list in CSS pixels. */
  readonly widths: {
    readonly usual: number;
    readonly narrow: number;
    readonly min: number;
    readonly max: number;
  };
}

/** `main` of an area: its list beside what is chosen in it, or one of them where there is room for one column. */
export function ListAndDetail({
  name,
  title,
  label,
  list,
  detail,
  isDetailShown,
  widths,
}: ListAndDetailProps) {
  const isNarrow = useMedia(narrowWindow);
  const isOneColumn = useMedia(oneColumn);
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title">
      {!isOneColumn ? (
        <Split
          name={isNarrow ? `${name} narrow` : name}
          label={label}
          size={isNarrow ? widths.narrow : widths.usual}
          minSize={widths.min}
          maxSize={widths.max}
          restMinSize={360}
          start={list}
          end={detail}
        />
      ) : isDetailShown ? (
        <>
          <h1 id="title" className="visually-hidden">
            {title}
          </h1>
          {detail}
        </>
      ) : (
        list
      )}
    </main>
  );
}

/** `main` of an area of which nothing is known yet. */
export function WaitingArea({
  title,
  className,
}: {
  readonly title: string;
  readonly className?: string | undefined;
}) {
  return (
    <main id="main" tabIndex={-1} aria-busy="true" aria-label={title} className={className}>
      <Skeleton rows={6} />
    </main>
  );
}
