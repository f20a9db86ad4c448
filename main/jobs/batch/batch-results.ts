import Database from 'libsql/promise';
import { AppError } from '../../../app/base/errors';
import type { BatchAnswer } from '../../runner/protocol';
import type { BatchVersion } from './batch-host';
import { BatchViews, type FinishedCounts } from './batch-views';
import { literal } from './sql';

export interface BatchItem {
  readonly item: number;
  readonly picture: string;
}

export interface AnsweredItem extends BatchItem {
  /** One of each version, in the order in which they were asked for. */
  readonly answers: readonly BatchAnswer[];
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS batches (job TEXT PRIMARY KEY, versions TEXT);
  CREATE TABLE IF NOT EXISTS batch_items (
    job TEXT NOT NULL, item INTEGER NOT NULL, picture TEXT NOT NULL, failed INTEGER, answers TEXT,
    PRIMARY KEY (job, item)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS batch_waiting ON batch_items (job, item) WHERE answers IS NULL;
  CREATE TABLE IF NOT EXISTS batch_tops (
    job TEXT NOT NULL, item INTEGER NOT NULL, version INTEGER NOT NULL, class TEXT, probability REAL, error TEXT,
    PRIMARY KEY (job, item, version)) WITHOUT ROWID;`;

/**
 * The pictures of batches and what was answered, in an SQLite file: written from a thread of its own, so that neither the event
 * loop nor memory feels a hundred thousand of them. What has been written outlives a killed process.
 */
export class BatchResults {
  readonly #db: Database;
  readonly #reader: Database;
  /** The same results, filtered and counted. */
  readonly views: BatchViews;
  #isClosed = false;

  private constructor(db: Database, reader: Database) {
    this.#db = db;
    this.#reader = reader;
    this.views = new BatchViews(reader);
  }

  /** Throws what SQLite says when the file cannot be used. */
  static async open(path: string): Promise<BatchResults> {
    const db = new Database(path, {});
    try {
      await db.exec(schema);
      // looking at results must not wait for writing them, nor the other way round
      return new BatchResults(db, path === ':memory:' ? db : new Database(path, {}));
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Has the whole input been read? */
  async isListed(job: string): Promise<boolean> {
    return (await this.#all('SELECT 1 FROM batches WHERE job = ?', job)).length > 0;
  }

  /** Takes the pictures of a batch; a list that an earlier run did not finish is begun anew. */
  async list(job: string, pictures: AsyncIterable<string>): Promise<void> {
    await this.forget(job);
    let item = 0;
    let rows: [string, number, string][] = [];
    const write = async (): Promise<void> => {
      const json = literal(JSON.stringify(rows));
      rows = [];
      await this.#db.exec(
        `INSERT INTO batch_items (job, item, picture) SELECT value->>0, value->>1, value->>2 FROM json_each(${json})`,
      );
    };
    for await (const picture of pictures) {
      rows.push([job, item++, picture]);
      if (rows.length === 500) await write();
    }
    await write();
    await this.#db.exec(`INSERT INTO batches VALUES (${literal(job)}, NULL)`);
  }

  counts(job: string): Promise<FinishedCounts> {
    return this.views.finished(job);
  }

  /** What the versions were when the batch began; null before. */
  async versions(job: string): Promise<readonly BatchVersion[] | null> {
    const [row] = await this.#all<{ versions: string | null }>(
      'SELECT versions FROM batches WHERE job = ?',
      job,
    );
    return row?.versions ? (JSON.parse(row.versions) as BatchVersion[]) : null; // written by `setVersions` alone
  }

  async setVersions(job: string, versions: readonly BatchVersion[]): Promise<void> {
    await this.#db.exec(
      `UPDATE batches SET versions = ${literal(JSON.stringify(versions))} WHERE job = ${literal(job)}`,
    );
  }

  /** The next pictures without an answer, after `item`. */
  waiting(job: string, afterItem: number, limit: number): Promise<BatchItem[]> {
    return this.#all<BatchItem>(
      'SELECT item, picture FROM batch_items WHERE job = ? AND item > ? AND answers IS NULL ORDER BY item LIMIT ?',
      job,
      afterItem,
      limit,
    );
  }

  /** Keeps answers: all of these or, when it rejects, none. */
  async keep(job: string, items: readonly AnsweredItem[]): Promise<void> {
    const rows = items.map(({ item, picture, answers }) => [
      item,
      picture,
      answers.some((it) => it.error) ? 1 : 0,
      JSON.stringify(answers),
    ]);
    const tops = items.flatMap(({ item, answers }) =>
      answers.map(({ version, classes: [top], error }) => [
        item,
        version,
        top ? (top.label ?? String(top.index)) : null,
        top?.probability ?? null,
        error?.code ?? null,
      ]),
    );
    // "WHERE true": else ON would belong to a join
    await this.#transaction(`
      INSERT INTO batch_items
      SELECT ${literal(job)}, value->>0, value->>1, value->>2, value->>3 FROM json_each(${literal(JSON.stringify(rows))})
      WHERE true
      ON CONFLICT (job, item) DO UPDATE SET failed = excluded.failed, answers = excluded.answers;
      INSERT OR REPLACE INTO batch_tops
      SELECT ${literal(job)}, value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(${literal(JSON.stringify(tops))});`);
  }

  /** The input's name of a picture; undefined for one that is not of the batch. */
  async picture(job: string, item: number): Promise<string | undefined> {
    const [row] = await this.#all<{ picture: string }>(
      'SELECT picture FROM batch_items WHERE job = ? AND item = ?',
      job,
      item,
    );
    return row?.picture;
  }

  /** Everything answered about what comes after `afterItem`, in the order of the input, in pages. */
  async *answered(job: string, afterItem = -1): AsyncGenerator<AnsweredItem> {
    for (let after = afterItem; ; ) {
      const rows = await this.#all<BatchItem & { answers: string }>(
        'SELECT item, picture, answers FROM batch_items WHERE job = ? AND item > ? AND answers IS NOT NULL ORDER BY item LIMIT 200',
        job,
        after,
      );
      for (const { item, picture, answers } of rows) {
        yield { item, picture, answers: JSON.parse(answers) as BatchAnswer[] }; // written by `keep` alone
      }
      const last = rows.at(-1);
      if (!last) return;
      after = last.item;
    }
  }

  async forget(job: string): Promise<void> {
    const tables = ['batches', 'batch_items', 'batch_tops'];
    await this.#db.exec(tables.map((it) => `DELETE FROM ${it} WHERE job = ${literal(job)}`).join(';'));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.views.close();
    if (this.#reader !== this.#db) this.#reader.close();
    this.#db.close();
  }

  /** All of it or nothing. */
  async #transaction(sql: string): Promise<void> {
    try {
      await this.#db.exec(`BEGIN;${sql}COMMIT;`);
    } catch (error) {
      await this.#db.exec('ROLLBACK').catch(() => undefined); // it may have failed before it began
      throw error;
    }
  }

  /** Whoever still looks at results while the app closes hears CANCELLED. */
  async #all<T>(sql: string, ...values: unknown[]): Promise<T[]> {
    if (this.#isClosed) throw new AppError('CANCELLED', {}, { detail: 'The results are closed' });
    return (await (await this.#db.prepare(sql)).all(...values)) as T[];
  }
}
