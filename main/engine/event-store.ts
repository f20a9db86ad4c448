import type { LoggedEvent, RecordedState } from './history';

/** Which events: all conditions hold together. */
export interface EventFilter {
  readonly model?: string;
  readonly version?: number;
  readonly afterId?: number;
  readonly beforeId?: number;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Newest first unless `order` says otherwise. */
  readonly order?: 'newestFirst' | 'oldestFirst';
  readonly limit: number;
}

/** The whole state after the event with that id: a replay starts from one, so that old events may go. */
export interface Checkpoint {
  readonly eventId: number;
  readonly atMs: number;
  readonly state: RecordedState;
}

/** Keeps events in the order of their ids. The log calls one method at a time and awaits it. */
export interface EventStore {
  /** The highest id ever given, 0 when there is none. */
  lastId(): Promise<number>;
  append(events: readonly LoggedEvent[]): Promise<void>;
  read(filter: EventFilter): Promise<LoggedEvent[]>;
  putCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /** The newest one that is not later than `atMs`. */
  checkpointAt(atMs: number): Promise<Checkpoint | undefined>;
  /** The events after which there is a checkpoint, ascending. */
  checkpointIds(): Promise<number[]>;
  dropCheckpoint(eventId: number): Promise<void>;
  /** Drops the oldest events beyond `keep`, and the checkpoints that no longer have every event after them. */
  prune(keep: number): Promise<void>;
  close(): Promise<void>;
}

/** For a run that keeps nothing. */
export class MemoryEventStore implements EventStore {
  #events: LoggedEvent[] = [];
  #checkpoints: Checkpoint[] = [];

  lastId(): Promise<number> {
    return Promise.resolve(this.#events.at(-1)?.id ?? 0);
  }

  append(events: readonly LoggedEvent[]): Promise<void> {
    for (const event of events) this.#events.push(event);
    return Promise.resolve();
  }

  read(filter: EventFilter): Promise<LoggedEvent[]> {
    const found = this.#events.filter((event) => matches(event, filter));
    if (filter.order !== 'oldestFirst') found.reverse();
    return Promise.resolve(found.slice(0, filter.limit));
  }

  putCheckpoint(checkpoint: Checkpoint): Promise<void> {
    this.#checkpoints.push(checkpoint);
    return Promise.resolve();
  }

  checkpointAt(atMs: number): Promise<Checkpoint | undefined> {
    return Promise.resolve(this.#checkpoints.findLast((it) => it.atMs <= atMs));
  }

  checkpointIds(): Promise<number[]> {
    return Promise.resolve(this.#checkpoints.map(({ eventId }) => eventId));
  }

  dropCheckpoint(eventId: number): Promise<void> {
    this.#checkpoints = this.#checkpoints.filter((it) => it.eventId !== eventId);
    return Promise.resolve();
  }

  prune(keep: number): Promise<void> {
    if (this.#events.length > keep) this.#events = this.#events.slice(-keep);
    const oldest = this.#events[0]?.id ?? 0;
    this.#checkpoints = this.#checkpoints.filter((it) => it.eventId >= oldest - 1);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function matches(event: LoggedEvent, filter: EventFilter): boolean {
  return (
    (filter.model === undefined || event.model === filter.model) &&
    (filter.version === undefined || event.version === filter.version) &&
    (filter.afterId === undefined || event.id > filter.afterId) &&
    (filter.beforeId === undefined || event.id < filter.beforeId) &&
    (filter.sinceMs === undefined || event.atMs >= filter.sinceMs) &&
    (filter.untilMs === undefined || event.atMs <= filter.untilMs)
  );
}
