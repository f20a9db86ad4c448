import {
  CircleArrowDown,
  CirclePlay,
  CircleStop,
  Cpu,
  FileCheck,
  FileWarning,
  FolderX,
  type LucideIcon,
  Minus,
  Pin,
  PinOff,
  Plus,
  Power,
  RotateCw,
  Route,
  SlidersHorizontal,
  Tag,
  Undo2,
  UserRound,
} from 'lucide-react';
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import type { ModelEvent } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { EmptyState } from '../../ui/EmptyState';
import { Icon } from '../../ui/Icon';
import { SpacerRow } from '../../ui/SpacerRow';
import { stateLooks } from '../../ui/StateBadge';
import badge from '../../ui/StateBadge.module.css';
import tableStyles from '../../ui/Table.module.css';
import { useRovingRows } from '../../ui/use-roving-rows';
import { useVirtualRows } from '../../ui/use-virtual-rows';
import { useIsNarrower } from '../../ui/use-width';
import styles from './EventsTable.module.css';
import { eventCause, eventSubject, eventText } from './event-words';
import { useUndoOfEvents } from './use-undo-of-events';

type OtherKind = Exclude<ModelEvent['kind'], keyof typeof stateLooks>;

const otherLooks: Readonly<Record<OtherKind, LucideIcon>> = {
  retrying: RotateCw,
  gone: FolderX,
  changedOnDisk: FileWarning,
  wanted: Plus,
  notWanted: Minus,
  modelAdded: Plus,
  modelRemoved: Minus,
  policyApplied: UserRound,
  settingChanged: SlidersHorizontal,
  labelSet: Tag,
  labelRemoved: Tag,
  loadRequested: UserRound,
  unloadRequested: UserRound,
  retryRequested: UserRound,
  pinned: Pin,
  unpinned: PinOff,
  preprocessingSet: SlidersHorizontal,
  classNamesSet: Tag,
  routeAdded: Route,
  routeChanged: Route,
  routeRemoved: Route,
  armStopped: CircleStop,
  armStarted: CirclePlay,
  undone: Undo2,
  runnerExited: CircleArrowDown,
  fileSetAside: FileWarning,
  started: Power,
  contentRecorded: FileCheck,
  contentReplaced: FileWarning,
  providerFellBack: Cpu,
};

const isStateKind = (kind: ModelEvent['kind']): kind is keyof typeof stateLooks =>
  Object.hasOwn(stateLooks, kind);

/** Below this many pixels the cause stands only in the title of a row. */
const narrowTable = 640;

/** Numbers by time have ten digits; each stays readable. */
const subjectWidth = (log: readonly ModelEvent[]): string =>
  `max(96px, calc(${Math.max(0, ...log.map(({ version }) => String(version ?? '').length))}ch + 72px))`;

export interface EventsTableProps {
  /** Null for the events of all models. */
  readonly model: string | null;
  /** Oldest first. */
  readonly events: readonly ModelEvent[];
  /** Takes all the room there is, with a head of its own. */
  readonly isTall?: boolean;
  /** Lets a row be opened, by pointer or Enter; arrows then go from row to row. */
  readonly onOpen?: (event: ModelEvent) => void;
  /** What stands after the last row. */
  readonly children?: ReactNode;
}

/** What happened, newest first: when, to what, what, and why. */
export function EventsTable({ model, events: log, isTall = false, onOpen, children }: EventsTableProps) {
  const { t } = useServices();
  const undoOf = useUndoOfEvents(log);
  const newestFirst = useMemo(() => [...log].reverse(), [log]);
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrower(scroller, narrowTable);
  const rows = useVirtualRows(newestFirst.length, scroller);
  const aboutWidth = useMemo(() => subjectWidth(log), [log]);
  const [focused, setFocused] = useState<string | null>(null);
  const keys = useMemo(() => newestFirst.map(({ id }) => String(id)), [newestFirst]);
  const current = focused !== null && keys.includes(focused) ? focused : (keys[0] ?? null);
  const open = useCallback(
    (key: string) => {
      const event = log.find(({ id }) => String(id) === key);
      if (event) onOpen?.(event);
    },
    [log, onOpen],
  );
  const onKeyDown = useRovingRows({
    keys,
    current,
    container: scroller,
    onMove: setFocused,
    scrollTo: rows.scrollTo,
    onEnter: open,
  });
  const hasModel = model === null;
  const columns = (hasModel ? 5 : 4) - (isNarrow ? 1 : 0);
  if (newestFirst.length === 0) return <EmptyState size="inline" heading={t('events.none')} />;
  return (
    <div ref={scroller} className={styles['scroll']} tabIndex={onOpen ? undefined : 0}>
      <table
        className={classes(tableStyles['table'], isTall && tableStyles['sticky'])}
        aria-label={model === null ? t('events.tableAll') : t('events.table', { model })}
        aria-rowcount={rows.total}
        onKeyDown={onOpen ? onKeyDown : undefined}
      >
        <colgroup>
          <col className={styles['colTime']} />
          {hasModel && <col className={styles['colModel']} />}
          <col style={{ inlineSize: aboutWidth }} />
          <col />
          {!isNarrow && <col className={styles['colCause']} />}
        </colgroup>
        <thead className={isTall ? undefined : 'visually-hidden'}>
          <tr>
            <th scope="col">{t('events.column.time')}</th>
            {hasModel && <th scope="col">{t('events.column.model')}</th>}
            <th scope="col">{t('events.column.what')}</th>
            <th scope="col">{t('events.column.event')}</th>
            {!isNarrow && <th scope="col">{t('events.column.cause')}</th>}
          </tr>
        </thead>
        <tbody>
          <SpacerRow height={rows.before} columns={columns} />
          {rows.indexes.map((index) => {
            const event = newestFirst[index];
            return (
              event && (
                <EventRow
                  key={event.id}
                  event={event}
                  hasModel={hasModel}
                  hasCause={!isNarrow}
                  rowIndex={rows.total === undefined ? undefined : index + 1}
                  isTabStop={String(event.id) === current}
                  onFocus={setFocused}
                  onOpen={onOpen}
                  onUndo={undoOf(event)}
                />
              )
            );
          })}
          <SpacerRow height={rows.after} columns={columns} />
        </tbody>
      </table>
      {children}
    </div>
  );
}

const isToday = (atMs: number, nowMs: number): boolean =>
  new Date(atMs).toDateString() === new Date(nowMs).toDateString();

interface EventRowProps {
  readonly event: ModelEvent;
  readonly hasModel: boolean;
  readonly hasCause: boolean;
  readonly rowIndex: number | undefined;
  readonly isTabStop: boolean;
  readonly onFocus: (key: string) => void;
  readonly onOpen: EventsTableProps['onOpen'];
  /** Set when it can be taken back from here. */
  readonly onUndo: (() => void) | undefined;
}

function EventRow({
  event,
  hasModel,
  hasCause,
  rowIndex,
  isTabStop,
  onFocus,
  onOpen,
  onUndo,
}: EventRowProps) {
  const services = useServices();
  const { t, format, now } = services;
  const text = eventText(event, services);
  const cause = eventCause(event, services);
  const look = isStateKind(event.kind) ? stateLooks[event.kind] : null;
  return (
    <tr
      aria-rowindex={rowIndex}
      className={classes(onOpen && tableStyles['row'], onOpen && tableStyles['choosable'])}
      {...(onOpen && {
        'data-row': String(event.id),
        tabIndex: isTabStop ? 0 : -1,
        onFocus: () => onFocus(String(event.id)),
        onClick: () => onOpen(event),
      })}
    >
      <td className={styles['time']} title={format.dateTime(event.atMs)}>
        {isToday(event.atMs, now()) ? format.preciseTime(event.atMs) : format.dayAndTime(event.atMs)}
      </td>
      {hasModel && <td title={event.model}>{event.model || t('events.app')}</td>}
      <th scope="row">{eventSubject(event, t)}</th>
      <td title={t('common.reasonFor', { title: text, reason: cause })}>
        <span className={tableStyles['line']}>
          <Icon
            of={look ? look.icon : otherLooks[event.kind as OtherKind]}
            size={14}
            className={badge[look?.tone ?? 'idle']}
          />
          <span className={styles['text']}>{text}</span>
          {onUndo && (
            <Button
              size="sm"
              look="quiet"
              aria-label={t('events.undo', { what: text, model: event.model })}
              onClick={(pressed) => {
                pressed.stopPropagation(); // the row is not opened by it
                onUndo();
              }}
              onKeyDown={(pressed) => pressed.stopPropagation()}
            >
              {t('common.undo')}
            </Button>
          )}
        </span>
      </td>
      {hasCause && (
        <td className={styles['cause']} title={cause}>
          {cause}
        </td>
      )}
    </tr>
  );
}
