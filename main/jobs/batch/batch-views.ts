import type Database from 'libsql/promise';
import pLimit from 'p-limit';
import { AppError } from '../../../app/base/errors';
import type { ResultCounts, ResultFilter } from '../../../app/contract/jobs';
import { literal } from './sql';

/** One picture with what each version said first. */
export interface ViewRow {
  readonly item: number;
  /** As the input names it. */
  readonly picture: string;
  /** In the order of the versions' numbers. */
  readonly answers: readonly {
    readonly version: number;
    readonly class: string | null;
    readonly probability: number | null;
    readonly error: string | null;
  }[];
}

export interface ViewPage {
  /** How many pictures match the filter. */
  readonly total: number;
  readonly rows: readonly ViewRow[];
}

export interface PageRequest {
  readonly filter: ResultFilter;
  readonly offset: number;
  readonly limit: number;
  /** Look again which pictures match, rather than page through what was found before. */
  readonly isFresh: boolean;
}

export interface FinishedCounts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

interface View {
  readonly table: string;
  readonly total: number;
}

/** Views that are kept; the one that was not used for the longest time goes first. */
const viewsKept = 4;
const classesCounted = 1_000;

/**
 * Looks at a batch's results through filters; once it is closed everything throws CANCELLED. Which pictures match, and how many, is
 * found by `exec`, which libsql runs on a thread of its own, and kept in a temporary table: reading a page of it is then quick wherever it lies. One thing at a time, so that no page is read from
 * a table that is on its way out.
 */
export class BatchViews {
  readonly #db: Database;
  readonly #views = new Map<string, View>();
  readonly #oneByOne = pLimit(1);
  #made = 0;
  #isClosed = false;

  constructor(db: Database) {
    this.#db = db;
  }

  page(job: string, request: PageRequest): Promise<ViewPage> {
    return this.#inTurn(async () => {
      const view = await this.#view(job, request.filter, request.isFresh);
      const rows = await this.#all<TopRow>(
        `SELECT v.n, v.item, i.picture, t.version, t.class, t.probability, t.error
         FROM temp.${view.table} v
         JOIN batch_items i ON i.job = ? AND i.item = v.item
         JOIN batch_tops t ON t.job = ? AND t.item = v.item
         WHERE v.n > ? AND v.n <= ? ORDER BY v.n, t.version`,
        job,
        job,
        request.offset,
        request.offset + request.limit,
      );
      return { total: view.total, rows: grouped(rows) };
    });
  }

  /** How many pictures the batch has, and how many of them are finished. */
  finished(job: string): Promise<FinishedCounts> {
    return this.#inTurn(async () => {
      await this.#db.exec(`
        DROP TABLE IF EXISTS temp.finished;
        CREATE TEMP TABLE finished AS
          SELECT count(*) AS total, count(answers) AS done, ifnull(sum(failed), 0) AS failed
          FROM batch_items WHERE job = ${literal(job)};`);
      const [row] = await this.#all<FinishedCounts>('SELECT total, done, failed FROM temp.finished');
      return row ?? { total: 0, done: 0, failed: 0 };
    });
  }

  /** How many pictures are answered, failed, answered differently, and of which classes. */
  counts(job: string): Promise<ResultCounts> {
    return this.#inTurn(async () => {
      const of = `FROM batch_tops WHERE job = ${literal(job)}`;
      await this.#db.exec(`
        DROP TABLE IF EXISTS temp.counts;
        CREATE TEMP TABLE counts (what TEXT, a, b, n INTEGER);
        INSERT INTO temp.counts
          SELECT 'all', NULL, NULL, count(*) FROM (SELECT DISTINCT item ${of})
          UNION ALL SELECT 'failed', NULL, NULL, count(*) FROM (SELECT DISTINCT item ${of} AND error IS NOT NULL)
          UNION ALL SELECT 'differ', NULL, NULL, count(*) FROM (${differing(of, null)})
          UNION ALL SELECT 'pair', x.version, y.version, count(*)
            FROM batch_tops x JOIN batch_tops y ON y.job = x.job AND y.item = x.item AND y.version > x.version
            WHERE x.job = ${literal(job)} AND x.class <> y.class GROUP BY x.version, y.version;
        INSERT INTO temp.counts
          SELECT 'class', class, NULL, count(*) FROM (SELECT DISTINCT item, class ${of} AND class IS NOT NULL)
          GROUP BY class ORDER BY 4 DESC, 2 LIMIT ${classesCounted};`);
      const rows = await this.#all<CountRow>('SELECT what, a, b, n FROM temp.counts');
      const only = (what: string): number => rows.find((it) => it.what === what)?.n ?? 0;
      return {
        answered: only('all'),
        failed: only('failed'),
        differing: only('differ'),
        pairs: rows
          .filter(({ what }) => what === 'pair')
          .map(({ a, b, n }) => ({ between: [Number(a), Number(b)], count: n })),
        classes: rows
          .filter(({ what }) => what === 'class')
          .map(({ a, n }) => ({ class: String(a), count: n })),
      };
    });
  }

  /** Settles when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#oneByOne(() => undefined);
  }

  #inTurn<T>(look: () => Promise<T>): Promise<T> {
    return this.#oneByOne(() => {
      if (this.#isClosed) throw new AppError('CANCELLED', {}, { detail: 'The results are closed' });
      return look();
    });
  }

  async #view(job: string, filter: ResultFilter, isFresh: boolean): Promise<View> {
    const key = JSON.stringify([job, filter]);
    const known = this.#views.get(key);
    if (known && !isFresh) {
      this.#views.delete(key);
      this.#views.set(key, known); // used last
      return known;
    }
    const table = `view_${++this.#made}`;
    await this.#db.exec(`
      CREATE TEMP TABLE ${table} (n INTEGER PRIMARY KEY, item INTEGER NOT NULL);
      INSERT INTO temp.${table} (item) ${selection(job, filter)};`);
    const [row] = await this.#all<{ total: number | null }>(`SELECT max(n) AS total FROM temp.${table}`);
    const view = { table, total: row?.total ?? 0 };
    if (known) await this.#drop(key, known);
    this.#views.set(key, view);
    for (const [oldKey, old] of [...this.#views].slice(0, Math.max(0, this.#views.size - viewsKept)))
      await this.#drop(oldKey, old);
    return view;
  }

  async #drop(key: string, { table }: View): Promise<void> {
    this.#views.delete(key);
    await this.#db.exec(`DROP TABLE temp.${table}`);
  }

  async #all<T>(sql: string, ...values: unknown[]): Promise<T[]> {
    return (await (await this.#db.prepare(sql)).all(...values)) as T[];
  }
}

interface TopRow {
  readonly n: number;
  readonly item: number;
  readonly picture: string;
  readonly version: number;
  readonly class: string | null;
  readonly probability: number | null;
  readonly error: string | null;
}

interface CountRow {
  readonly what: string;
  readonly a: string | number | null;
  readonly b: string | number | null;
  readonly n: number;
}

/** Rows of one picture stand together. */
function grouped(rows: readonly TopRow[]): ViewRow[] {
  const pictures = new Map<
    number,
    { item: number; picture: string; answers: ViewRow['answers'][number][] }
  >();
  for (const { n, item, picture, ...answer } of rows) {
    const known = pictures.get(n) ?? { item, picture, answers: [] };
    known.answers.push(answer);
    pictures.set(n, known);
  }
  return [...pictures.values()];
}

/** Pictures about which versions say different things: any two of them, or those two. Who failed says nothing. */
function differing(of: string, between: ResultFilter['between']): string {
  const versions = between === null ? '' : ` AND version IN (${between.join(', ')})`;
  return `SELECT item ${of}${versions} GROUP BY item HAVING min(class) <> max(class)`;
}

/** The pictures that match, in order. */
function selection(job: string, { show, between, class: wanted, confidence, order }: ResultFilter): string {
  const of = `FROM batch_tops WHERE job = ${literal(job)}`;
  const parts: string[] = [];
  if (show === 'differing') parts.push(differing(of, between));
  if (show === 'failed') parts.push(`SELECT item ${of} AND error IS NOT NULL`);
  if (wanted !== null || confidence !== null) {
    const isOf = wanted === null ? '' : ` AND class = ${literal(wanted)}`;
    const isSure =
      confidence === null
        ? ''
        : ` AND probability >= ${Number(confidence.least)} AND probability <= ${Number(confidence.most)}`;
    parts.push(`SELECT item ${of}${isOf}${isSure}`);
  }
  if (parts.length === 0) parts.push(`SELECT DISTINCT item ${of}`);
  const matching = parts.join(' INTERSECT ');
  if (order === 'input') return `SELECT DISTINCT item FROM (${matching}) ORDER BY item`;
  return `SELECT item FROM batch_tops WHERE job = ${literal(job)} AND item IN (${matching})
    GROUP BY item ORDER BY min(probability) IS NULL, min(probability), item`;
}
