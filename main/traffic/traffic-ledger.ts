import { LRUCache } from 'lru-cache';
import type { Clock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import { AppError, reportUnexpected } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { RouteRate } from '../../app/contract/route-figures';
import type {
  AnswerGist,
  DifferingAnswer,
  Feedback,
  Outcome,
  Route,
  Share,
  Verdict,
} from '../../app/contract/routes';
import type { RecordedRequest } from './dry-run';
import { RecordedRequests } from './recorded-requests';
import type { RequestAttributes } from './request-attributes';
import { RequestRate } from './request-rate';
import { RequestSeries, RouteCounts, type ServedByArm, stepMs } from './route-counts';
import type { KeptAnswer, NewDifferingAnswer, TrafficStore } from './traffic-store';

/** A request that went through a route and has ended. */
export interface ServedRequest extends ServedByArm {
  readonly atMs: number;
  readonly attributes: RequestAttributes;
}

/** How a copy ended. */
export type CopyOutcome = 'dropped' | 'failed' | 'agreed' | 'differed';

/** What is known of one route. */
export interface RouteAccount {
  readonly counts: RouteCounts;
  readonly series: RequestSeries;
  /** Since the beginning of the window that can be shown. */
  readonly changes: readonly { readonly atMs: number; readonly split: readonly Share[] }[];
  readonly differingKept: number;
}

interface Book {
  counts: RouteCounts;
  readonly series: RequestSeries;
  readonly rate: RequestRate;
  readonly recorded: RecordedRequests;
  changes: { readonly atMs: number; readonly split: readonly Share[] }[];
  differingKept: number;
  /** The series' steps that are not written yet. */
  readonly dirtySteps: Set<number>;
  isDirty: boolean;
  /** What was counted before is not there yet: written now, the little that there is would take its place. */
  isResuming: boolean;
}

const flushMs = 2_000;
const tellMs = 1_000;
const windowMs = 3_600_000 + stepMs;
const answersAtHand = 20_000;
/** More at once would hold up the event loop for milliseconds. */
const answersPerWrite = 1_000;
/** So many may wait for a slow disk; what comes beyond can have no feedback. */
const maxAnswersWaiting = 50_000;
const maxDifferingWaiting = 100;
const differingShown = 500;

/**
 * Keeps count of what routes do. Counting is immediate and never fails or waits; writing follows every two seconds, and what a run counted
 * is there again in the next one.
 */
export class TrafficLedger {
  readonly #openStore: () => Promise<TrafficStore>;
  readonly #clock: Clock;
  readonly #books = new Map<string, Book>();
  readonly #answers = new LRUCache<string, KeptAnswer>({ max: answersAtHand });
  #newAnswers: KeptAnswer[] = [];
  /** Handed over to be written, and not written yet. */
  #answersWaiting = 0;
  #newChanges: { route: string; atMs: number; split: readonly Share[] }[] = [];
  #newDiffering: NewDifferingAnswer[] = [];
  #store: Promise<TrafficStore> | null = null;
  #flushing: Disposable | null = null;
  #telling: Disposable | null = null;
  readonly #busy = new Set<string>();
  readonly #counted = new Emitter<RouteRate[]>();
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** At most once a second while requests come; once more when a route has come to rest. */
  readonly onDidCount: Event<RouteRate[]> = this.#counted.event;

  /** The store is opened when it is first needed. */
  constructor(openStore: () => Promise<TrafficStore>, clock: Clock) {
    this.#openStore = openStore;
    this.#clock = clock;
  }

  /** Begins to count a route that is new, or differs from what it was. */
  begin(name: string, sinceMs: number, split: readonly Share[]): void {
    const book = this.#books.get(name) ?? newBook(sinceMs);
    if (book.isDirty) this.#flushNow(); // what was counted until now
    book.counts = new RouteCounts(sinceMs);
    book.changes = [
      ...book.changes.filter(({ atMs }) => atMs > sinceMs - windowMs),
      { atMs: sinceMs, split },
    ];
    this.#books.set(name, book);
    this.#newChanges.push({ route: name, atMs: sinceMs, split });
    this.#planFlush();
  }

  /** Goes on counting a route as it was applied then. Settles when what was counted before is there. */
  async resume(name: string, sinceMs: number): Promise<void> {
    if (this.#books.get(name)?.counts.sinceMs === sinceMs) return;
    const book = newBook(sinceMs);
    book.isResuming = true;
    this.#books.set(name, book);
    try {
      const store = await this.#opened();
      const fromMs = this.#clock.now() - windowMs;
      const [counts, steps, changes, differingKept] = await Promise.all([
        store.counts(name, sinceMs),
        store.steps(name, fromMs),
        store.changes(name, fromMs),
        store.differingCount(name),
      ]);
      if (book.counts.sinceMs === sinceMs) book.counts.add(counts);
      for (const { at_ms, arm, requests } of steps) book.series.note(arm, at_ms, requests);
      book.changes = [...changes, ...book.changes];
      book.differingKept += differingKept;
    } catch (error) {
      reportUnexpected(error); // it serves all the same, and counts from now on
    } finally {
      book.isResuming = false;
      if (book.isDirty) this.#planFlush();
    }
  }

  /** A request has come to its end. */
  note(name: string, served: ServedRequest): void {
    const book = this.#books.get(name);
    if (!book) return;
    const { atMs, attributes, arm, rule, gist } = served;
    book.counts.note(served);
    book.series.note(arm, atMs);
    book.dirtySteps.add(Math.floor(atMs / stepMs));
    book.rate.note(this.#clock.now());
    book.recorded.add(atMs, attributes, arm);
    book.isDirty = true;
    if (served.status === 'ok') {
      const { requestId } = attributes;
      this.#keepAnswer({
        requestId,
        route: name,
        sinceMs: book.counts.sinceMs,
        rule,
        arm,
        atMs,
        label: labelOf(gist),
        outcome: null,
      });
    }
    this.#busy.add(name);
    this.#telling ??= this.#clock.schedule(tellMs, () => this.#tell());
    this.#planFlush();
  }

  /** Nothing of the route was there to answer it. */
  noteUnanswered(name: string, atMs: number, attributes: RequestAttributes): void {
    this.#books.get(name)?.recorded.add(atMs, attributes, null);
  }

  /** A copy was made, or not made, and came to its end. */
  noteCopy(name: string, arm: string, outcome: CopyOutcome, differing?: NewDifferingAnswer): void {
    const book = this.#books.get(name);
    if (!book) return;
    const counts = book.counts.shadowOf(arm);
    if (outcome !== 'dropped') counts.copied++;
    counts[outcome]++;
    book.isDirty = true;
    if (differing && this.#newDiffering.length < maxDifferingWaiting) {
      this.#newDiffering.push(differing);
      book.differingKept = Math.min(differingShown, book.differingKept + 1);
    }
    this.#planFlush();
  }

  /** Takes what came of answers, in order; says of each why it was not taken: ROUTE_REQUEST_UNKNOWN, INVALID_ARGUMENT. */
  async feedback(route: string, said: readonly Feedback[]): Promise<(AppError | null)[]> {
    const older = said.map(({ requestId }) => requestId).filter((id) => !this.#answers.has(keyOf(route, id)));
    const kept = older.length === 0 ? none : await (await this.#written()).answers(route, older);
    const refused: (AppError | null)[] = [];
    for (const { requestId, verdict } of said) {
      const answer = this.#answers.get(keyOf(route, requestId)) ?? kept.get(requestId);
      if (!answer) refused.push(requestUnknown(route, requestId));
      else if (isLabel(verdict) && answer.label === null) refused.push(namesNoClass(requestId));
      else {
        await this.#judge(answer, isLabel(verdict) ? outcomeOf(answer, verdict) : verdict);
        refused.push(null);
      }
    }
    return refused;
  }

  async #judge(answer: KeptAnswer, outcome: Outcome | null): Promise<void> {
    if (answer.outcome === outcome) return;
    const { route } = answer;
    const book = this.#books.get(route);
    if (book?.counts.sinceMs === answer.sinceMs) {
      book.counts.noteOutcome(answer.rule, answer.arm, answer.outcome, outcome);
      book.isDirty = true;
    } else await (await this.#written()).countOutcome(answer, outcome);
    this.#keepAnswer({ ...answer, outcome });
    this.#planFlush();
  }

  /** Undefined for a route that is not counted. */
  account(name: string): RouteAccount | undefined {
    return this.#books.get(name);
  }

  rate(name: string): RouteRate {
    const book = this.#books.get(name);
    let requests = 0;
    for (const arms of book?.counts.rules.values() ?? [])
      for (const counts of arms.values()) requests += counts.requests;
    return { route: name, requestsPerSecond: book?.rate.perSecond(this.#clock.now()) ?? 0, requests };
  }

  /** The oldest first. */
  recorded(name: string, sinceMs?: number): Iterable<RecordedRequest> {
    return this.#books.get(name)?.recorded.since(this.#clock.now(), sinceMs) ?? [];
  }

  async differing(route: string, before: number | undefined, limit: number): Promise<DifferingAnswer[]> {
    return (await this.#written()).differing(route, before, limit);
  }

  async picture(route: string, id: number): Promise<Uint8Array | null> {
    return (await this.#written()).picture(route, id);
  }

  /** Settles when everything counted so far is on disk, or cannot be. */
  flush(): Promise<void> {
    this.#flushing?.dispose();
    this.#flushing = null;
    this.#flushNow();
    return this.#work;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.flush();
    this.#isClosed = true;
    this.#telling?.dispose();
    this.#counted.dispose();
    await (await this.#store?.catch(() => null))?.close();
  }

  #keepAnswer(answer: KeptAnswer): void {
    this.#answers.set(keyOf(answer.route, answer.requestId), answer);
    if (this.#answersWaiting >= maxAnswersWaiting) return;
    this.#newAnswers.push(answer);
    if (this.#newAnswers.length >= answersPerWrite) this.#flushNow();
  }

  #planFlush(): void {
    if (!this.#isClosed) this.#flushing ??= this.#clock.schedule(flushMs, () => void this.flush());
  }

  #flushNow(): void {
    const dirty = [...this.#books].filter(([, book]) => book.isDirty && !book.isResuming);
    const answers = this.#newAnswers;
    const changes = this.#newChanges;
    const differing = this.#newDiffering;
    if (dirty.length + answers.length + changes.length + differing.length === 0) return;
    this.#newAnswers = [];
    this.#newChanges = [];
    this.#newDiffering = [];
    const steps = dirty.flatMap(([route, { series, dirtySteps }]) =>
      [...dirtySteps].flatMap((step) =>
        [...series.at(step * stepMs)].map(([arm, count]) => [route, step * stepMs, arm, count] as const),
      ),
    );
    for (const [, book] of dirty) {
      book.isDirty = false;
      book.dirtySteps.clear();
    }
    const counts = dirty.map(([route, book]) => ({ route, counts: book.counts }));
    this.#answersWaiting += answers.length;
    this.#work = this.#work
      .then(() => this.#opened())
      .then((store) => store.write({ counts, steps, changes, answers, differing }))
      .catch(reportUnexpected)
      .finally(() => {
        this.#answersWaiting -= answers.length;
      });
  }

  #tell(): void {
    this.#telling = null;
    const rates = [...this.#busy].map((name) => this.rate(name));
    for (const { route, requestsPerSecond } of rates) if (requestsPerSecond === 0) this.#busy.delete(route);
    this.#counted.fire(rates);
    if (this.#busy.size > 0 && !this.#isClosed)
      this.#telling = this.#clock.schedule(tellMs, () => this.#tell());
  }

  #opened(): Promise<TrafficStore> {
    this.#store ??= this.#openStore();
    return this.#store;
  }

  /** The store, with everything that was counted so far in it. */
  async #written(): Promise<TrafficStore> {
    await this.flush();
    return this.#opened();
  }
}

const newBook = (sinceMs: number): Book => ({
  counts: new RouteCounts(sinceMs),
  series: new RequestSeries(),
  rate: new RequestRate(),
  recorded: new RecordedRequests(),
  changes: [],
  differingKept: 0,
  dirtySteps: new Set(),
  isDirty: false,
  isResuming: false,
});

const none: ReadonlyMap<string, KeptAnswer> = new Map();
const keyOf = (route: string, requestId: string): string => `${route}\n${requestId}`;

/** What the answer says its one example is. */
const labelOf = (gist: AnswerGist | null): string | null =>
  (gist?.kind === 'classes' && gist.rows.length === 1 && gist.rows[0]?.label) || null;

const isLabel = (verdict: Verdict): verdict is Exclude<Verdict, Outcome | null> =>
  typeof verdict === 'object' && verdict !== null;

const outcomeOf = (answer: KeptAnswer, { label }: { readonly label: string }): Outcome =>
  answer.label === label ? 'right' : 'wrong';

const requestUnknown = (route: string, requestId: string): AppError =>
  new AppError(
    'ROUTE_REQUEST_UNKNOWN',
    { route, request: requestId },
    { detail: `${route} has answered no request ${requestId}, or too long ago` },
  );

const namesNoClass = (requestId: string): AppError =>
  new AppError(
    'INVALID_ARGUMENT',
    {},
    { detail: `The answer to ${requestId} names no single class: say "right" or "wrong" of it` },
  );

/** The part of a route by which its counts are told apart: a change of anything else goes on counting. */
export const countedPart = ({ arms, rules, split, stickyBy }: Route) => ({ arms, rules, split, stickyBy });
