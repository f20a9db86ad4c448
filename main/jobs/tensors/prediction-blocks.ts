import Database from 'libsql/promise';
import type { TensorBlock } from '../../runner/tensors/tensor-blocks';
import type { BatchVersion } from '../batch/batch-host';
import { literal } from '../batch/sql';

export interface WaitingBlock {
  readonly item: number;
  readonly block: TensorBlock;
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS predictions (job TEXT PRIMARY KEY, versions TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS prediction_blocks (
    job TEXT NOT NULL, item INTEGER NOT NULL, rows INTEGER NOT NULL, block TEXT NOT NULL, failed INTEGER,
    PRIMARY KEY (job, item)) WITHOUT ROWID;`;
const writtenTogether = 500;

/** Which blocks of which file of rows were answered, in an SQLite file. The answers themselves lie in part files beside it. */
export class PredictionBlocks {
  readonly #db: Database;
  #isClosed = false;

  private constructor(db: Database) {
    this.#db = db;
  }

  /** Throws what SQLite says when the file cannot be used. */
  static async open(path: string): Promise<PredictionBlocks> {
    const db = new Database(path, {});
    try {
      await db.exec(schema);
      return new PredictionBlocks(db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** What the versions were when the batch began; null before. */
  async versions(job: string): Promise<readonly BatchVersion[] | null> {
    const [row] = await this.#all<{ versions: string }>(
      'SELECT versions FROM predictions WHERE job = ?',
      job,
    );
    return row ? (JSON.parse(row.versions) as BatchVersion[]) : null; // written by `begin` alone
  }

  /** Takes the blocks of a batch, and what its versions are. */
  async begin(job: string, blocks: readonly TensorBlock[], versions: readonly BatchVersion[]): Promise<void> {
    await this.forget(job);
    for (let from = 0; from < blocks.length; from += writtenTogether) {
      const rows = blocks
        .slice(from, from + writtenTogether)
        .map((block, index) => [job, from + index, block.rows, JSON.stringify(block)]);
      await this.#db.exec(
        `INSERT INTO prediction_blocks (job, item, rows, block)
         SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(${literal(JSON.stringify(rows))})`,
      );
    }
    await this.#db.exec(
      `INSERT INTO predictions VALUES (${literal(job)}, ${literal(JSON.stringify(versions))})`,
    );
  }

  /** In rows. */
  async counts(job: string): Promise<{ total: number; done: number; failed: number }> {
    const [row] = await this.#all<{ total: number | null; done: number | null; failed: number | null }>(
      `SELECT sum(rows) AS total, sum(CASE WHEN failed IS NULL THEN 0 ELSE rows END) AS done, sum(failed) AS failed
       FROM prediction_blocks WHERE job = ?`,
      job,
    );
    return { total: row?.total ?? 0, done: row?.done ?? 0, failed: row?.failed ?? 0 };
  }

  /** The next blocks that were not answered, after `item`. */
  async waiting(job: string, afterItem: number, limit: number): Promise<WaitingBlock[]> {
    const rows = await this.#all<{ item: number; block: string }>(
      'SELECT item, block FROM prediction_blocks WHERE job = ? AND item > ? AND failed IS NULL ORDER BY item LIMIT ?',
      job,
      afterItem,
      limit,
    );
    return rows.map(({ item, block }) => ({ item, block: JSON.parse(block) as TensorBlock })); // written by `begin` alone
  }

  /** The answers of a block lie in their parts; so many of its rows have none. */
  async keep(job: string, item: number, failed: number): Promise<void> {
    await this.#db.exec(
      `UPDATE prediction_blocks SET failed = ${failed} WHERE job = ${literal(job)} AND item = ${item}`,
    );
  }

  async forget(job: string): Promise<void> {
    await this.#db.exec(
      `DELETE FROM predictions WHERE job = ${literal(job)}; DELETE FROM prediction_blocks WHERE job = ${literal(job)}`,
    );
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#db.close();
  }

  async #all<T>(sql: string, ...values: unknown[]): Promise<T[]> {
    return (await (await this.#db.prepare(sql)).all(...values)) as T[];
  }
}
