import { rename } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'libsql/promise';
import type { Checkpoint, EventFilter, EventStore } from './event-store';
import type { LoggedEvent, RecordedModel } from './history';

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 0;
  CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, model TEXT NOT NULL, version INTEGER, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS events_by_model ON events (model, id);
  CREATE INDEX IF NOT EXISTS events_by_time ON events (at_ms);
  CREATE TABLE IF NOT EXISTS checkpoints (event_id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, state TEXT NOT NULL);
  PRAGMA user_version = 1;`;
const walPagesBeforeCheckpoint = 2_000;
const modelsPerTurn = 500;

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
      const aside = `${path}.broken-${nowMs}`;
      await rename(path, aside).catch(() => undefined);
      await Promise.all(
        ['-wal', '-shm'].map((suffix) => rename(path + suffix, aside + suffix).catch(() => undefined)),
      );
      onBroken(aside);
      return SqliteEventStore.#openSound(path);
    }
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

  async putCheckpoint({ eventId, atMs, state }: Checkpoint): Promise<void> {
    const lines: string[] = [];
    for (const entry of state) {
      lines.push(JSON.stringify(entry));
      if (lines.length % modelsPerTurn === 0) await nextTurn();
    }
    await this.#db.exec(
      `INSERT OR REPLACE INTO checkpoints VALUES (${eventId}, ${atMs}, ${literal(lines.join('\n'))})`,
    );
  }

  async checkpointAt(atMs: number): Promise<Checkpoint | undefined> {
    const [row] = await this.#all<{ event_id: number; at_ms: number; state: string }>(
      'SELECT event_id, at_ms, state FROM checkpoints WHERE at_ms <= ? ORDER BY event_id DESC LIMIT 1',
      atMs,
    );
    if (!row) return undefined;
    const state = new Map<string, RecordedModel>();
    for (const line of row.state === '' ? [] : row.state.split('\n')) {
      const [name, model] = JSON.parse(line) as [string, RecordedModel]; // written by `putCheckpoint` alone
      if (state.set(name, model).size % modelsPerTurn === 0) await nextTurn();
    }
    return { eventId: row.event_id, atMs: row.at_ms, state };
  }

  async prune(keep: number): Promise<void> {
    await this.#db.exec(`
      DELETE FROM events WHERE id <= (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ${keep});
      DELETE FROM checkpoints WHERE event_id < (SELECT min(id) FROM events) - 1;`);
  }

  async close(): Promise<void> {
    await this.#truncateWal();
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

/** An SQL text literal. `exec` takes no parameters; what comes in is JSON, so it holds no control characters. */
const literal = (json: string): string => `'${json.replaceAll("'", "''")}'`;
