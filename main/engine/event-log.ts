import { join } from 'node:path';
import type { Clock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import { AppError, reportUnexpected } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { ModelEvent } from '../../app/contract/models';
import { type EventFilter, type EventStore, MemoryEventStore } from './event-store';
import { type LoggedEvent, type RecordedState, Replay, type StateChange } from './history';
import { rebuildState } from './rebuild-state';
import { SqliteEventStore } from './sqlite-event-store';

/** An event as whoever saw it tells it; the log adds id and time. */
export interface NewEvent extends Omit<ModelEvent, 'id' | 'atMs'> {
  readonly change?: StateChange;
}

export interface EventLogOptions {
  readonly clock: Clock;
  /** Events kept; the oldest go first. */
  readonly maxEvents?: number;
  /** How many events lie between two checkpoints, at least. */
  readonly checkpointEvery?: number;
  /** Checkpoints kept, however often a run begins: each holds every model. */
  readonly maxCheckpoints?: number;
}

const batchDelayMs = 100;
const eventsPerTurn = 250;

/**
 * Everything that happened to the models: each change of state and each decision, with its cause. Appending is immediate and
 * never fails; writing follows in batches. The state at any moment that the kept events cover can be rebuilt.
 */
export class EventLog {
  readonly #store: EventStore;
  readonly #clock: Clock;
  readonly #maxEvents: number;
  readonly #checkpointEvery: number;
  readonly #maxCheckpoints: number;
  readonly #appended = new Emitter<readonly ModelEvent[]>();
  /** The state after every event so far, so that a checkpoint costs no replay. */
  #now = new Replay();
  #pending: LoggedEvent[] = [];
  #timer: Disposable | undefined;
  /** Written, or about to be, and not told to listeners yet. */
  readonly #untold: LoggedEvent[] = [];
  #telling: Disposable | undefined;
  #work: Promise<void> = Promise.resolve();
  #nextId: number;
  #kept: number;
  #sinceCheckpoint = 0;
  #closed = false;
  #lastMs = 0;

  /** Batches of what was appended, at most one each tenth of a second. */
  readonly onDidAppend: Event<readonly ModelEvent[]> = this.#appended.event;

  constructor(store: EventStore, lastId: number, options: EventLogOptions) {
    this.#store = store;
    this.#clock = options.clock;
    this.#maxEvents = options.maxEvents ?? 100_000;
    this.#checkpointEvery = options.checkpointEvery ?? 5_000;
    this.#maxCheckpoints = options.maxCheckpoints ?? 24;
    this.#nextId = lastId + 1;
    this.#kept = lastId;
    if (lastId === 0) this.#queueCheckpoint(); // else there is one to go on from
  }

  /** Opens the log of `folder`, or one in memory when that is null. */
  static async open(folder: string | null, options: EventLogOptions): Promise<EventLog> {
    if (folder === null) return new EventLog(new MemoryEventStore(), 0, options);
    let wasBroken = false;
    let store: EventStore;
    try {
      store = await SqliteEventStore.open(join(folder, eventFile), options.clock.now(), () => {
        wasBroken = true;
      });
    } catch {
      wasBroken = true; // the folder takes no file: models matter more than their history, which now ends with this run
      store = new MemoryEventStore();
    }
    const log = new EventLog(store, await store.lastId(), options);
    const before = await log.stateAt(Number.MAX_SAFE_INTEGER).catch(() => undefined); // unreadable: it begins anew
    log.#now = new Replay(before);
    if (wasBroken) log.append({ ...setAside, params: { file: eventFile } });
    return log;
  }

  /** The state after everything appended so far. */
  state(): RecordedState {
    return this.#now.snapshot();
  }

  /** Begins a run with `state`, which from this moment on is what a replay starts from. One event, however many models. */
  begin(state: RecordedState): void {
    this.append({
      model: '',
      version: null,
      kind: 'started',
      cause: 'start',
      params: { models: String(state.size) },
      error: null,
    });
    this.#now = new Replay(state);
    void this.flush();
    this.#queueCheckpoint();
  }

  append(event: NewEvent): void {
    if (this.#closed) return;
    const { change = null, ...rest } = event;
    const logged: LoggedEvent = { id: this.#nextId++, atMs: this.#time(), ...rest, change };
    this.#now.apply(logged);
    this.#pending.push(logged);
    this.#timer ??= this.#clock.schedule(batchDelayMs, () => void this.flush());
  }

  /** Settles when everything appended so far is written. */
  flush(): Promise<void> {
    this.#timer?.dispose();
    this.#timer = undefined;
    const pending = this.#pending;
    this.#pending = [];
    for (const event of pending) this.#untold.push(event);
    this.#tell();
    for (const batch of batchesOf(pending)) this.#run(() => this.#write(batch));
    return this.#work;
  }

  /** Events that match, newest first. Throws CANCELLED once the log is closed. */
  async query(filter: EventFilter): Promise<ModelEvent[]> {
    return (await this.#read(filter)).map(withoutChange);
  }

  /** Every model as it stood when `atMs` was over, or undefined when the kept events do not reach back that far. Throws CANCELLED once closed. */
  async stateAt(atMs: number): Promise<RecordedState | undefined> {
    await this.flush();
    this.#refuseWhenClosed();
    return rebuildState(atMs, {
      checkpointAt: (ms) => this.#alone(() => this.#store.checkpointAt(ms)),
      read: (filter) => this.#read(filter),
    });
  }

  async close(): Promise<void> {
    this.#closed = true; // before the wait: what is appended during it would be written to a closed store
    await this.flush();
    await this.#alone(() => this.#store.close());
    this.#telling?.dispose();
    this.#appended.dispose();
  }

  async #read(filter: EventFilter): Promise<LoggedEvent[]> {
    await this.flush();
    this.#refuseWhenClosed();
    return this.#alone(() => this.#store.read(filter));
  }

  /** The page may ask until its window is gone, which is later than the end of the log. */
  #refuseWhenClosed(): void {
    if (this.#closed) throw new AppError('CANCELLED', {}, { detail: 'The app is closing' });
  }

  async #write(batch: readonly LoggedEvent[]): Promise<void> {
    await this.#store.append(batch);
    this.#kept += batch.length;
    this.#sinceCheckpoint += batch.length;
    if (this.#sinceCheckpoint >= this.#checkpointEvery) this.#queueCheckpoint();
    if (this.#kept > this.#maxEvents * 1.1) {
      await this.#store.prune(this.#maxEvents);
      this.#kept = this.#maxEvents;
    }
  }

  /** So many at a time that neither listeners nor the event loop are flooded. */
  #tell(): void {
    this.#telling?.dispose();
    this.#telling = undefined;
    const some = this.#untold.splice(0, eventsPerTurn);
    if (some.length > 0) this.#appended.fire(some.map(withoutChange));
    if (this.#untold.length > 0) this.#telling = this.#clock.schedule(0, () => this.#tell());
  }

  /** Takes the state now: it holds exactly the events with ids given so far. */
  #queueCheckpoint(): void {
    this.#sinceCheckpoint = 0;
    const checkpoint = { eventId: this.#nextId - 1, atMs: this.#time(), state: this.#now.snapshot() };
    this.#run(async () => {
      await this.#store.putCheckpoint(checkpoint);
      for (let ids = await this.#store.checkpointIds(); ids.length > this.#maxCheckpoints; ) {
        await this.#store.dropCheckpoint(leastMissed(ids));
        ids = await this.#store.checkpointIds();
      }
    });
  }

  /** Never goes back, also when the system's clock does: a replay stops at a time. */
  #time(): number {
    this.#lastMs = Math.max(this.#lastMs, this.#clock.now());
    return this.#lastMs;
  }

  /** Runs after everything queued before it; a failure is reported and does not stop what follows. */
  #run(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch(reportUnexpected);
  }

  #alone<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#work.then(task);
    this.#work = result.then(
      () => undefined,
      () => undefined, // whoever asked is told
    );
    return result;
  }
}

/** What the log's file is called in its folder. */
export const eventFile = 'events.db';
const setAside = { model: '', version: null, kind: 'fileSetAside', cause: 'start', error: null } as const;

/** So much at a time that writing it holds up nobody: an event counts for as much as the versions that it is about. */
function* batchesOf(events: readonly LoggedEvent[]): Generator<readonly LoggedEvent[]> {
  let batch: LoggedEvent[] = [];
  let weight = 0;
  for (const event of events) {
    batch.push(event);
    weight += Math.max(1, Object.keys(event.change?.versions ?? {}).length);
    if (weight < eventsPerTurn) continue;
    yield batch;
    batch = [];
    weight = 0;
  }
  if (batch.length > 0) yield batch;
}

/** The one after whose end a replay grows the least; never the first, which is what the history reaches back to, nor the last. */
function leastMissed(ids: readonly number[]): number {
  const span = (index: number): number => (ids[index + 1] ?? 0) - (ids[index - 1] ?? 0);
  let least = 1;
  for (let index = 2; index < ids.length - 1; index++) if (span(index) < span(least)) least = index;
  return ids[least] ?? 0;
}

function withoutChange({ change: _change, ...event }: LoggedEvent): ModelEvent {
  return event;
}
