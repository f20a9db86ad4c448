import Database from 'libsql/promise';
import { type Job, jobSchema } from '../../app/contract/jobs';

/** Keeps jobs. The queue calls one method at a time and awaits it. */
export interface JobStore {
  /** In the order in which they were created. */
  all(): Promise<Job[]>;
  put(job: Job): Promise<void>;
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

/** For a run that keeps nothing. */
export class MemoryJobStore implements JobStore {
  readonly #jobs = new Map<string, Job>();

  all(): Promise<Job[]> {
    return Promise.resolve([...this.#jobs.values()]);
  }

  put(job: Job): Promise<void> {
    this.#jobs.set(job.id, job);
    return Promise.resolve();
  }

  remove(id: string): Promise<void> {
    this.#jobs.delete(id);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Jobs in an SQLite file. Writing goes through `exec`, which libsql runs on a thread of its own. */
export class SqliteJobStore implements JobStore {
  readonly #db: Database;

  private constructor(db: Database) {
    this.#db = db;
  }

  /** Throws what SQLite says when the file cannot be used. */
  static async open(path: string): Promise<SqliteJobStore> {
    const db = new Database(path, {});
    try {
      await db.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA busy_timeout = 5000;
        CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, created_at_ms INTEGER NOT NULL, body TEXT NOT NULL);`);
      return new SqliteJobStore(db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Without those that this Slipway cannot read. */
  async all(): Promise<Job[]> {
    const statement = await this.#db.prepare('SELECT body FROM jobs ORDER BY created_at_ms, rowid');
    const rows = (await statement.all()) as { body: string }[];
    return rows.flatMap(({ body }) => {
      const job = jobSchema.safeParse(JSON.parse(body));
      return job.success ? [job.data] : [];
    });
  }

  async put(job: Job): Promise<void> {
    const body = literal(JSON.stringify(job));
    await this.#db.exec(
      `INSERT INTO jobs VALUES (${literal(job.id)}, ${job.createdAtMs}, ${body}) ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
    );
  }

  async remove(id: string): Promise<void> {
    await this.#db.exec(`DELETE FROM jobs WHERE id = ${literal(id)}`);
  }

  async close(): Promise<void> {
    this.#db.close();
  }
}

/** An SQL text literal. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
