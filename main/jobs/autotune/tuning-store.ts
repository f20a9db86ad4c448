import Database from 'libsql/promise';
import { type TuningReport, tuningReportSchema } from '../../../app/contract/tuning';
import { literal } from '../batch/sql';

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS tunings (job TEXT PRIMARY KEY, report TEXT NOT NULL);`;

/** What searches for the best way to run a version found, in an SQLite file. */
export class TuningStore {
  readonly #db: Database;
  #isClosed = false;

  private constructor(db: Database) {
    this.#db = db;
  }

  /** Throws what SQLite says when the file cannot be used. */
  static async open(path: string): Promise<TuningStore> {
    const db = new Database(path, {});
    try {
      await db.exec(schema);
      return new TuningStore(db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Null for a job that found nothing yet, or what this Slipway cannot read. */
  async get(job: string): Promise<TuningReport | null> {
    const statement = await this.#db.prepare('SELECT report FROM tunings WHERE job = ?');
    const [row] = (await statement.all(job)) as { report: string }[];
    return row ? (tuningReportSchema.safeParse(JSON.parse(row.report)).data ?? null) : null;
  }

  async put(job: string, report: TuningReport): Promise<void> {
    await this.#db.exec(
      `INSERT INTO tunings VALUES (${literal(job)}, ${literal(JSON.stringify(report))})
       ON CONFLICT (job) DO UPDATE SET report = excluded.report`,
    );
  }

  async forget(job: string): Promise<void> {
    await this.#db.exec(`DELETE FROM tunings WHERE job = ${literal(job)}`);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#db.close();
  }
}
