import type { Clock } from '../../app/base/clock';
import { Emitter } from '../../app/base/emitter';
import type { Disposable } from '../../app/base/lifecycle';
import type { RequestDetail, ServedRequest, ServedRequests } from '../../app/contract/endpoints';
import { RequestFiguresCount } from './request-figures';
import type { RequestRecord } from './request-record';

const kept = 200;
const tellEveryMs = 400;
/** Bodies of requests and answers are kept up to so many bytes together, the newest first. */
const keptBodyBytes = 32 * 2 ** 20;
const shownCharacters = 4_000;

interface Kept {
  readonly request: ServedRequest;
  readonly record: RequestRecord;
  readonly bodyBytes: number;
}

/** The last requests and how many there are, for people to watch: told in groups, however many come. */
export class RecentRequests implements Disposable {
  readonly #clock: Clock;
  readonly #didCome = new Emitter<ServedRequests>();
  readonly onDidCome = this.#didCome.event;
  /** A ring: the request of number n stands at n % kept. */
  readonly #ring: Kept[] = [];
  /** Of the requests from this number on, bodies are kept. */
  #bodiesFrom = 1;
  #bodyBytes = 0;
  readonly #figures = new RequestFiguresCount();
  #total = 0;
  #toldUpTo = 0;
  #telling: Disposable | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly observe = (record: RequestRecord): void => {
    const { requestId, startedAtMs, entrypoint, api, model, version, status, durationMs, caller } = record;
    const { routed, path, httpStatus, exchange } = record;
    const number = ++this.#total;
    if (record.scope === 'infer') this.#figures.note(this.#clock.now(), record);
    const request: ServedRequest = {
      number,
      requestId,
      atMs: startedAtMs,
      entrypoint,
      api,
      path,
      httpStatus,
      model,
      version,
      decision: routed && { arm: routed.arm, rule: routed.rule, reason: routed.reason },
      status,
      durationMs,
      caller,
    };
    const bodyBytes = exchange ? exchange.request.length + (exchange.response?.length ?? 0) : 0;
    if (number - this.#bodiesFrom >= kept) this.#dropBodies(); // before its place is taken
    this.#ring[number % kept] = { request, record, bodyBytes };
    this.#bodyBytes += bodyBytes;
    while (this.#bodyBytes > keptBodyBytes && this.#bodiesFrom < number) this.#dropBodies();
    this.#telling ??= this.#clock.schedule(tellEveryMs, () => this.#tell());
  };

  /** All that are kept, the newest last. */
  all(): ServedRequests {
    return { requests: this.#since(0), figures: this.#figures.read(this.#clock.now()) };
  }

  /** What is kept of one of them; null when that is nothing any more. */
  detail(number: number): RequestDetail | null {
    const found = this.#find(number);
    if (!found) return null;
    const { timingsMs, exampleCount, requestBytes, responseBytes, exchange } = found.record;
    return {
      timingsMs,
      exampleCount,
      requestBytes,
      responseBytes,
      codec: exchange?.codec ?? null,
      request: exchange && exchange.codec !== 'image' ? textOf(exchange.request) : null,
      answer: exchange?.response ? textOf(exchange.response) : null,
      hasPicture: this.picture(number) !== null,
    };
  }

  /** The encoded picture that was the whole body of a request; null when it had none, or it is not kept any more. */
  picture(number: number): Uint8Array | null {
    const exchange = this.#find(number)?.record.exchange;
    if (exchange?.codec !== 'image' || /^multipart\//i.test(exchange.params.contentType ?? '')) return null;
    return exchange.request;
  }

  dispose(): void {
    this.#telling?.dispose();
    this.#didCome.dispose();
  }

  #find(number: number): Kept | undefined {
    const found = this.#ring[number % kept];
    return found?.request.number === number ? found : undefined;
  }

  /** Those of the oldest request that has some. */
  #dropBodies(): void {
    const found = this.#find(this.#bodiesFrom++);
    if (!found) return;
    this.#bodyBytes -= found.bodyBytes;
    this.#ring[found.request.number % kept] = {
      ...found,
      record: { ...found.record, exchange: null },
      bodyBytes: 0,
    };
  }

  #tell(): void {
    this.#telling = null;
    const requests = this.#since(this.#toldUpTo);
    this.#toldUpTo = this.#total;
    this.#didCome.fire({ requests, figures: this.#figures.read(this.#clock.now()) });
  }

  #since(number: number): ServedRequest[] {
    const first = Math.max(number, this.#total - kept) + 1;
    const found: ServedRequest[] = [];
    for (let at = first; at <= this.#total; at++) {
      const request = this.#find(at)?.request;
      if (request) found.push(request);
    }
    return found;
  }
}

/** The beginning of a body that is a JSON document; null for anything else. */
function textOf(bytes: Uint8Array): RequestDetail['answer'] {
  const isJson = /^[\s\ufeff]*[{[]/.test(Buffer.from(bytes.subarray(0, 16)).toString());
  if (!isJson) return null;
  const text = new TextDecoder().decode(bytes.subarray(0, shownCharacters));
  return { text, isCut: bytes.length > shownCharacters };
}
