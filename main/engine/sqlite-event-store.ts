import Database from 'libsql/promise';
import { Breather } from '../serving/breather';
import type { Checkpoint, EventFilter, EventStore } from './event-store';
import type { LoggedEvent, RecordedModel, RecordedState } from './history';
import { setAside } from './set-aside';

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 0;
  CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, model TEXT NOT NULL, version INTEGER, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS events_by_model ON events (model, id);
  CREATE INDEX IF NOT EXISTS events_by_time ON events (at_ms);
  CREATE TABLE IF NOT EXISTS checkpoints (event_id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, state TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS checkpoint_parts (
    event_id INTEGER NOT NULL, part INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (event_id, part));
  PRAGMA user_version = 1;`;
const walPagesBeforeCheckpoint = 2_000;
/** A checkpoint of ten thousand models is megabytes: it goes in and out in parts that take no time each. */
const partCharacters = 128 * 1024;

/**
 * Events in an SQLite file. Writing goes through `exec`, which libsql runs on a thread of its own: neither an insert nor
 * a checkpoint of the write-ahead log ever blocks the event loop.
 */
export class SqliteEventStore implements EventStore {
  readonly #db: Database;
  #bytesSinceCheckpoint = 0;

  private constructor(db: Database) {
    this.#db = db;
  }

  /** Opens the file or makes it. One that is damaged is moved aside to `FILE.broken-TIME`; `onBroken` hears its new name. */
  static async open(
    path: string,
    nowMs: number,
    onBroken: (aside: string) => void,
  ): Promise<SqliteEventStore> {
    try {
      return await SqliteEventStore.#openSound(path);
    } catch {
      // whatever is wrong with it, the models must still start: it is kept for a look, and a new log begins
      onBroken(await setAside(path, nowMs));
      return SqliteEventStore.#openSound(path);
    }
  }

  /** Opens a file that another process may be writing, and leaves it as it is. Rejects when it is no event log. */
  static async openToRead(path: string): Promise<SqliteEventStore> {
    const store = new SqliteEventStore(new Database(path, { readonly: true }));
    await store.lastId();
    return store;
  }

  static async #openSound(path: string): Promise<SqliteEventStore> {
    const db = new Database(path, {});
    try {
      await db.exec(schema);
      await (await db.prepare('SELECT id, at_ms, model, version, body FROM events LIMIT 1')).all();
      await (await db.prepare('SELECT event_id, at_ms, state FROM checkpoints LIMIT 1')).all();
      return new SqliteEventStore(db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  async lastId(): Promise<number> {
    const [row] = await this.#all<{ id: number | null }>('SELECT max(id) AS id FROM events');
    return row?.id ?? 0;
  }

  async append(events: readonly LoggedEvent[]): Promise<void> {
    const rows = events.map(({ id, atMs, model, version, ...body }) => [
      id,
      atMs,
      model,
      version,
      JSON.stringify(body),
    ]);
    const json = JSON.stringify(rows);
    await this.#db.exec(
      `INSERT OR REPLACE INTO events SELECT value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(${literal(json)})`,
    );
    this.#bytesSinceCheckpoint += json.length;
    if (this.#bytesSinceCheckpoint > walPagesBeforeCheckpoint * 4096) await this.#truncateWal();
  }

  async read(filter: EventFilter): Promise<LoggedEvent[]> {
    const conditions: [string, string | number | undefined][] = [
      ['model = ?', filter.model],
      ['version = ?', filter.version],
      ['id > ?', filter.afterId],
      ['id < ?', filter.beforeId],
      ['at_ms >= ?', filter.sinceMs],
      ['at_ms <= ?', filter.untilMs],
    ];
    const given = conditions.filter(([, value]) => value !== undefined);
    const where = given.length ? `WHERE ${given.map(([sql]) => sql).join(' AND ')}` : '';
    const direction = filter.order === 'oldestFirst' ? 'ASC' : 'DESC';
    const rows = await this.#all<{
      id: number;
      at_ms: number;
      model: string;
      version: number | null;
      body: string;
    }>(
      `SELECT id, at_ms, model, version, body FROM events ${where} ORDER BY id ${direction} LIMIT ?`,
      ...given.map(([, value]) => value),
      filter.limit,
    );
    return rows.map(({ id, at_ms: atMs, model, version, body }) => ({
      id,
      atMs,
      model,
      version,
      ...(JSON.parse(body) as Omit<LoggedEvent, 'id' | 'atMs' | 'model' | 'version'>), // written by `append` alone
    }));
  }

  /** All of it or, after a crash or an error, nothing. */
  async putCheckpoint({ eventId, atMs, state }: Checkpoint): Promise<void> {
    await this.#db.exec(`BEGIN; DELETE FROM checkpoint_parts WHERE event_id = ${eventId}`);
    try {
      let part = 0;
      for await (const lines of linesInParts(state)) {
        await this.#db.exec(`INSERT INTO checkpoint_parts VALUES (${eventId}, ${part++}, ${literal(lines)})`);
      }
      await this.#db.exec(`INSERT OR REPLACE INTO checkpoints VALUES (${eventId}, ${atMs}, ''); COMMIT`);
    } catch (error) {
      await this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  async checkpointAt(atMs: number): Promise<Checkpoint | undefined> {
    const [row] = await this.#all<{ event_id: number; at_ms: number; state: string }>(
      'SELECT event_id, at_ms, state FROM checkpoints WHERE at_ms <= ? ORDER BY event_id DESC LIMIT 1',
      atMs,
    );
    if (!row) return undefined;
    const state = new Map<string, RecordedModel>();
    const breather = new Breather();
    const take = async (lines: string): Promise<void> => {
      for (const line of lines === '' ? [] : lines.split('\n')) {
        const [name, model] = JSON.parse(line) as [string, RecordedModel]; // written by `putCheckpoint` alone
        state.set(name, model);
        if (breather.isDue) await breather.breathe();
      }
    };
    await take(row.state); // where older Slipways kept all of it
    for (let part = 0; ; part++) {
      const [found] = await this.#all<{ state: string }>(
        'SELECT state FROM checkpoint_parts WHERE event_id = ? AND part = ?',
        row.event_id,
        part,
      );
      if (!found) return { eventId: row.event_id, atMs: row.at_ms, state };
      await take(found.state);
    }
  }

  async checkpointIds(): Promise<number[]> {
    const rows = await this.#all<{ id: number }>('SELECT event_id AS id FROM checkpoints ORDER BY event_id');
    return rows.map(({ id }) => id);
  }

  async dropCheckpoint(eventId: number): Promise<void> {
    await this.#db.exec(`
      DELETE FROM checkpoints WHERE event_id = ${eventId};
      DELETE FROM checkpoint_parts WHERE event_id = ${eventId};`);
  }

  async prune(keep: number): Promise<void> {
    await this.#db.exec(`
      DELETE FROM events WHERE id <= (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ${keep});
      DELETE FROM checkpoints WHERE event_id < (SELECT min(id) FROM events) - 1;
      DELETE FROM checkpoint_parts WHERE event_id NOT IN (SELECT event_id FROM checkpoints);`);
  }

  async close(): Promise<void> {
    if (!this.#db.readonly) await this.#truncateWal();
    this.#db.close();
  }

  async #truncateWal(): Promise<void> {
    this.#bytesSinceCheckpoint = 0;
    await this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  async #all<T>(sql: string, ...values: unknown[]): Promise<T[]> {
    return (await (await this.#db.prepare(sql)).all(...values)) as T[];
  }
}

async function* linesInParts(state: RecordedState): AsyncGenerator<string> {
  const breather = new Breather();
  let lines: string[] = [];
  let characters = 0;
  for (const entry of state) {
    const line = JSON.stringify(entry);
    lines.push(line);
    characters += line.length;
    if (characters >= partCharacters) {
      yield lines.join('\n');
      lines = [];
      characters = 0;
    }
    if (breather.isDue) await breather.breathe();
  }
  if (lines.length > 0) yield lines.join('\n');
}

/** An SQL text literal. `exec` takes no parameters; what comes in is JSON, so it holds no control characters. */
const literal = (json: string): string => `'${json.replaceAll("'", "''")}'`;
