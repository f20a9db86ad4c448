import Database from 'libsql/promise';
import type { DifferingAnswer, Outcome, Share } from '../../app/contract/routes';
import { RepetitionSketch } from './repetition-sketch';
import { ArmCounts, type ArmCountsJson, RouteCounts, type ShadowCounts } from './route-counts';

/** Where an answer came from, so that what is said of it later can be counted. */
export interface KeptAnswer {
  readonly requestId: string;
  readonly route: string;
  /** The counts that it stands in. */
  readonly sinceMs: number;
  readonly rule: string | null;
  readonly arm: string;
  readonly atMs: number;
  /** The class that it names; null for several, or none. */
  readonly label: string | null;
  readonly outcome: Outcome | null;
}

export interface NewDifferingAnswer extends Omit<DifferingAnswer, 'id' | 'hasPicture'> {
  readonly route: string;
  readonly picture: Uint8Array | null;
}

/** What is to be written in one step. */
export interface TrafficBatch {
  /** With how they stand now. */
  readonly counts: readonly { readonly route: string; readonly counts: RouteCounts }[];
  readonly steps: readonly (readonly [route: string, atMs: number, arm: string, requests: number])[];
  readonly changes: readonly {
    readonly route: string;
    readonly atMs: number;
    readonly split: readonly Share[];
  }[];
  readonly answers: readonly KeptAnswer[];
  readonly differing: readonly NewDifferingAnswer[];
}

const answersKept = 100_000;
const differingKept = 500;
const stepsKeptMs = 86_400_000;

const schema = `
  PRAGMA busy_timeout = 5000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS arm_counts (
    route TEXT NOT NULL, since_ms INTEGER NOT NULL, rule TEXT NOT NULL, arm TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (route, since_ms, rule, arm)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sketches (
    route TEXT NOT NULL, since_ms INTEGER NOT NULL, rule TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (route, since_ms, rule)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS shadow_counts (
    route TEXT NOT NULL, since_ms INTEGER NOT NULL, arm TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (route, since_ms, arm)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS steps (
    route TEXT NOT NULL, at_ms INTEGER NOT NULL, arm TEXT NOT NULL, requests INTEGER NOT NULL,
    PRIMARY KEY (route, at_ms, arm)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS changes (
    route TEXT NOT NULL, at_ms INTEGER NOT NULL, split TEXT NOT NULL, PRIMARY KEY (route, at_ms)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS answers (
    request_id TEXT NOT NULL, route TEXT NOT NULL, since_ms INTEGER NOT NULL, rule TEXT, arm TEXT NOT NULL,
    at_ms INTEGER NOT NULL, label TEXT, outcome TEXT, PRIMARY KEY (request_id, route));
  CREATE TABLE IF NOT EXISTS differing (
    id INTEGER PRIMARY KEY, route TEXT NOT NULL, body TEXT NOT NULL, picture BLOB);
  CREATE INDEX IF NOT EXISTS differing_by_route ON differing (route, id);
  PRAGMA user_version = 2;`;
/** For a file from version 1 of the schema, which did not keep labels. */
const addLabels = 'ALTER TABLE answers ADD COLUMN label TEXT';

/**
 * What routes counted, in an SQLite file. Writing goes through `exec`, which libsql runs on a thread of its own. Kept are all counts since
 * the beginning, a day of steps, the last hundred thousand answers for feedback, and of each route the last 500 that its shadow
 * answered otherwise.
 */
export class TrafficStore {
  readonly #db: Database;

  private constructor(db: Database) {
    this.#db = db;
  }

  /** Throws what SQLite says when the file cannot be used. */
  static async open(path: string): Promise<TrafficStore> {
    const db = new Database(path, {});
    try {
      await db.exec(schema);
      const store = new TrafficStore(db);
      // by what is there and not by its version: an older Slipway that opens the file writes its own version again
      const labels = await store.#all("SELECT 1 FROM pragma_table_info('answers') WHERE name = 'label'");
      if (labels.length === 0) await db.exec(addLabels);
      return store;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** What was counted of a route since then. */
  async counts(route: string, sinceMs: number): Promise<RouteCounts> {
    const counts = new RouteCounts(sinceMs);
    const key = [route, sinceMs] as const;
    const arms = await this.#all<{ rule: string; arm: string; body: string }>(
      'SELECT rule, arm, body FROM arm_counts WHERE route = ? AND since_ms = ?',
      ...key,
    );
    for (const { rule, arm, body } of arms)
      counts.of(rule, arm).add(ArmCounts.from(JSON.parse(body) as ArmCountsJson)); // written by `write` alone
    const sketches = await this.#all<{ rule: string; body: string }>(
      'SELECT rule, body FROM sketches WHERE route = ? AND since_ms = ?',
      ...key,
    );
    for (const { rule, body } of sketches) {
      const { sums, alone } = JSON.parse(body) as ReturnType<RepetitionSketch['toJSON']>;
      counts.sketches.set(rule, new RepetitionSketch(sums, alone));
    }
    const shadows = await this.#all<{ arm: string; body: string }>(
      'SELECT arm, body FROM shadow_counts WHERE route = ? AND since_ms = ?',
      ...key,
    );
    for (const { arm, body } of shadows) counts.shadows.set(arm, JSON.parse(body) as ShadowCounts);
    return counts;
  }

  steps(route: string, fromMs: number): Promise<{ at_ms: number; arm: string; requests: number }[]> {
    return this.#all(
      'SELECT at_ms, arm, requests FROM steps WHERE route = ? AND at_ms >= ? ORDER BY at_ms',
      route,
      fromMs,
    );
  }

  async changes(route: string, fromMs: number): Promise<{ atMs: number; split: Share[] }[]> {
    const rows = await this.#all<{ at_ms: number; split: string }>(
      'SELECT at_ms, split FROM changes WHERE route = ? AND at_ms >= ? ORDER BY at_ms',
      route,
      fromMs,
    );
    return rows.map(({ at_ms, split }) => ({ atMs: at_ms, split: JSON.parse(split) as Share[] }));
  }

  /** Those of the answers that are kept, by request id. */
  async answers(route: string, requestIds: readonly string[]): Promise<ReadonlyMap<string, KeptAnswer>> {
    const rows = await this.#all<{
      request_id: string;
      since_ms: number;
      rule: string | null;
      arm: string;
      at_ms: number;
      label: string | null;
      outcome: Outcome | null;
    }>(
      `SELECT request_id, since_ms, rule, arm, at_ms, label, outcome FROM answers
       WHERE route = ? AND request_id IN (SELECT value FROM json_each(?))`,
      route,
      JSON.stringify(requestIds),
    );
    return new Map(
      rows.map(({ request_id: requestId, since_ms: sinceMs, at_ms: atMs, ...row }) => [
        requestId,
        { requestId, route, sinceMs, atMs, ...row },
      ]),
    );
  }

  /** The newest first. */
  async differing(route: string, before: number | undefined, limit: number): Promise<DifferingAnswer[]> {
    const rows = await this.#all<{ id: number; body: string; pictures: number }>(
      'SELECT id, body, picture IS NOT NULL AS pictures FROM differing WHERE route = ? AND id < ? ORDER BY id DESC LIMIT ?',
      route,
      before ?? Number.MAX_SAFE_INTEGER,
      limit,
    );
    return rows.map(({ id, body, pictures }) => ({
      id,
      ...(JSON.parse(body) as Omit<DifferingAnswer, 'id' | 'hasPicture'>), // written by `write` alone
      hasPicture: pictures === 1,
    }));
  }

  async differingCount(route: string): Promise<number> {
    const [row] = await this.#all<{ count: number }>(
      'SELECT count(*) AS count FROM differing WHERE route = ?',
      route,
    );
    return row?.count ?? 0;
  }

  /** Null for one that is not, or no longer, kept. */
  async picture(route: string, id: number): Promise<Uint8Array | null> {
    const [row] = await this.#all<{ picture: ArrayBuffer | null }>(
      'SELECT picture FROM differing WHERE route = ? AND id = ?',
      route,
      id,
    );
    return row?.picture ? new Uint8Array(row.picture) : null;
  }

  /** Writes all of it or, when it rejects, nothing. */
  async write({ counts, steps, changes, answers, differing }: TrafficBatch): Promise<void> {
    const arms = counts.flatMap(({ route, counts: { sinceMs, rules } }) =>
      [...rules].flatMap(([rule, byArm]) =>
        [...byArm].map(([arm, body]) => [route, sinceMs, rule, arm, JSON.stringify(body)]),
      ),
    );
    const sketches = counts.flatMap(({ route, counts: { sinceMs, sketches: byRule } }) =>
      [...byRule].map(([rule, body]) => [route, sinceMs, rule, JSON.stringify(body)]),
    );
    const shadows = counts.flatMap(({ route, counts: { sinceMs, shadows: byArm } }) =>
      [...byArm].map(([arm, body]) => [route, sinceMs, arm, JSON.stringify(body)]),
    );
    const statements = [
      insert('arm_counts', 5, arms),
      insert('sketches', 4, sketches),
      insert('shadow_counts', 4, shadows),
      insert('steps', 4, steps),
      insert(
        'changes',
        3,
        changes.map(({ route, atMs, split }) => [route, atMs, JSON.stringify(split)]),
      ),
      insert(
        'answers (request_id, route, since_ms, rule, arm, at_ms, label, outcome)',
        8,
        answers.map((it) => [
          it.requestId,
          it.route,
          it.sinceMs,
          it.rule,
          it.arm,
          it.atMs,
          it.label,
          it.outcome,
        ]),
      ),
      ...differing.map(insertDiffering),
      ...prune({ steps, answers, differing }),
    ].filter((it) => it !== '');
    if (statements.length > 0)
      await this.#db.exec(`BEGIN IMMEDIATE;${statements.join(';')};COMMIT`).catch(this.#rollBack);
  }

  /** Counts what was said of an answer among counts that no longer grow. */
  async countOutcome(answer: KeptAnswer, now: Outcome | null): Promise<void> {
    const { route, sinceMs, rule, arm, outcome: before } = answer;
    const changed = [
      before && `'$.${before}', (body->>'$.${before}') - 1`,
      now && `'$.${now}', (body->>'$.${now}') + 1`,
    ];
    const changes = changed.filter((it) => it !== null).join(', ');
    if (changes === '') return;
    await this.#db.exec(
      `UPDATE arm_counts SET body = json_set(body, ${changes}) WHERE route = ${literal(route)} AND since_ms = ${sinceMs}
       AND rule = ${literal(rule ?? '')} AND arm = ${literal(arm)}`,
    );
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  readonly #rollBack = async (error: unknown): Promise<never> => {
    await this.#db.exec('ROLLBACK').catch(() => undefined); // it may not have come as far as to begin
    throw error;
  };

  async #all<T>(sql: string, ...values: unknown[]): Promise<T[]> {
    return (await (await this.#db.prepare(sql)).all(...values)) as T[];
  }
}

/** An SQL text literal. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function insert(table: string, columns: number, rows: readonly unknown[]): string {
  if (rows.length === 0) return '';
  const values = Array.from({ length: columns }, (_, at) => `value->>${at}`).join(', ');
  return `INSERT OR REPLACE INTO ${table} SELECT ${values} FROM json_each(${literal(JSON.stringify(rows))})`;
}

function insertDiffering({ route, picture, ...body }: NewDifferingAnswer): string {
  const blob = picture ? `X'${Buffer.from(picture).toString('hex')}'` : 'NULL';
  return `INSERT INTO differing (route, body, picture) VALUES (${literal(route)}, ${literal(JSON.stringify(body))}, ${blob})`;
}

function prune({
  steps,
  answers,
  differing,
}: Pick<TrafficBatch, 'steps' | 'answers' | 'differing'>): string[] {
  const [step] = steps;
  return [
    step ? `DELETE FROM steps WHERE at_ms < ${step[1] - stepsKeptMs}` : '',
    answers.length > 0
      ? `DELETE FROM answers WHERE rowid <= (SELECT max(rowid) FROM answers) - ${answersKept}`
      : '',
    ...[...new Set(differing.map(({ route }) => route))].map(
      (route) => `DELETE FROM differing WHERE route = ${literal(route)} AND id <=
        (SELECT id FROM differing WHERE route = ${literal(route)} ORDER BY id DESC LIMIT 1 OFFSET ${differingKept})`,
    ),
  ];
}
