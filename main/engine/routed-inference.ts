import { randomUUID } from 'node:crypto';
import type { CancelSignal } from '../../app/base/cancel-signal';
import type { Clock } from '../../app/base/clock';
import { AppError, isCancelled } from '../../app/base/errors';
import type { Classification } from '../../app/contract/inference';
import type { AnswerGist } from '../../app/contract/routes';
import type {
  ClassifyRequest,
  ClientAnswer,
  ClientRequest,
  Inference,
  Prediction,
  PredictRequest,
  VersionChoice,
} from '../engine-api';
import type { Caller, RouteClassifyRequest, RoutedClassification, RouteRequests } from '../routes-api';
import { gistOfTensors } from '../runner/codecs/answer-gist';
import { noBodyAttributes, readBodyAttributes } from '../traffic/body-attributes';
import { plainRequest, type RequestAttributes } from '../traffic/request-attributes';
import type { Destination, Router, Targets } from '../traffic/router';
import type { TrafficLedger } from '../traffic/traffic-ledger';
import { isRunnerEnd } from './crash-recovery';
import type { EngineInference } from './engine-inference';
import type { Asking } from './route-asking';
import type { RouteShadows } from './route-shadows';

export interface RoutedInferenceParts {
  /** Asks versions by their model's name. */
  readonly direct: EngineInference;
  readonly router: () => Router;
  /** What can answer. */
  readonly targets: Targets;
  readonly ledger: TrafficLedger;
  readonly shadows: RouteShadows;
  readonly clock: Clock;
}

/** Failures of the version rather than of the request: another arm may do better. */
const armFailures: ReadonlySet<string> = new Set(['SERVABLE_NOT_FOUND', 'QUEUE_FULL']);
const isArmFailure = (thrown: unknown): boolean =>
  isRunnerEnd(thrown) || (thrown instanceof AppError && armFailures.has(thrown.code));

/**
 * Asks models by their names, and routes by theirs: a route chooses the version, another arm steps in when that cannot answer, and a copy
 * may go to a shadow afterwards. Everything is counted.
 */
export class RoutedInference implements Inference, RouteRequests {
  readonly #parts: RoutedInferenceParts;

  constructor(parts: RoutedInferenceParts) {
    this.#parts = parts;
  }

  infer(request: ClientRequest, signal?: CancelSignal): Promise<ClientAnswer> {
    const { direct, router } = this.#parts;
    return router().get(request.model) ? this.#inferByRoute(request, signal) : direct.infer(request, signal);
  }

  async #inferByRoute(request: ClientRequest, signal?: CancelSignal): Promise<ClientAnswer> {
    const { direct, router } = this.#parts;
    const { deadlineAtMs: _deadline, ...withoutDeadline } = request;
    const { model: name, version, codec, body, params, caller } = request;
    const known = caller?.attributes ?? plainRequest(randomUUID());
    const needs = router().needsBody(name);
    const said =
      needs.context || needs.parameters
        ? await readBodyAttributes(codec, body, params, needs)
        : noBodyAttributes;
    const isPicture = codec === 'image' && !/^multipart\//i.test(params.contentType ?? '');
    const { requestId, headers, token } = known;
    return this.#through(name, { requestId, headers, token, ...said }, version, caller, signal, {
      bytes: body.length,
      picture: isPicture ? body : null,
      ask: ({ model, version: number }, how, until) =>
        direct.infer(
          { ...(how.isCopy ? withoutDeadline : request), model, version: { version: number } },
          until,
          { ...how, wantsGist: true },
        ),
      gistOf: ({ gist = null }) => gist,
      versionOf: (answer) => answer.version,
    });
  }

  async classify(request: ClassifyRequest, signal?: CancelSignal): Promise<Classification>;
  async classify(request: RouteClassifyRequest, signal?: CancelSignal): Promise<RoutedClassification>;
  async classify(
    request: ClassifyRequest | RouteClassifyRequest,
    signal?: CancelSignal,
  ): Promise<Classification | RoutedClassification> {
    if ('route' in request) return this.#classifyAsClient(request, signal);
    const { direct, router } = this.#parts;
    const { model, version, picture, top } = request;
    if (!router().get(model)) return direct.classify(request, signal);
    const attributes = plainRequest(randomUUID());
    return this.#through(model, attributes, version, undefined, signal, this.#classifying(picture, top));
  }

  async predict(request: PredictRequest, signal?: CancelSignal): Promise<Prediction> {
    const { direct, router } = this.#parts;
    const { model: name, version, inputs } = request;
    if (!router().get(name)) return direct.predict(request, signal);
    let bytes = 0;
    for (const { data } of Object.values(inputs)) bytes += ArrayBuffer.isView(data) ? data.byteLength : 0;
    return this.#through(name, plainRequest(randomUUID()), version, undefined, signal, {
      bytes,
      picture: null,
      ask: (leaf, how, until) =>
        direct.predict({ ...request, model: leaf.model, version: { version: leaf.version } }, until, how),
      gistOf: ({ outputs }) => gistOfTensors(outputs),
      versionOf: (answer) => answer.version,
    });
  }

  lookup(request: Parameters<Inference['lookup']>[0], signal?: CancelSignal) {
    return this.#parts.direct.lookup({ ...request, ...this.#chosen(request) }, signal);
  }

  nearest(request: Parameters<Inference['nearest']>[0], signal?: CancelSignal) {
    return this.#parts.direct.nearest({ ...request, ...this.#chosen(request) }, signal);
  }

  describe: Inference['describe'] = (model, version) => this.#parts.direct.describe(model, version);

  setPreprocessing: Inference['setPreprocessing'] = (model, version, preprocessing) =>
    this.#parts.direct.setPreprocessing(model, version, preprocessing);

  setClassNames: Inference['setClassNames'] = (model, version, names) =>
    this.#parts.direct.setClassNames(model, version, names);

  classNames: Inference['classNames'] = (model, version, text) =>
    this.#parts.direct.classNames(model, version, text);

  rankPreprocessings: Inference['rankPreprocessings'] = (model, version, pictures, signal) =>
    this.#parts.direct.rankPreprocessings(model, version, pictures, signal);

  viewInput: Inference['viewInput'] = (request) => this.#parts.direct.viewInput(request);

  async #classifyAsClient(
    { route, picture, top, headers = {} }: RouteClassifyRequest,
    signal?: CancelSignal,
  ): Promise<RoutedClassification> {
    const requestId = randomUUID();
    const lower = Object.fromEntries(Object.entries(headers).map(([name, it]) => [name.toLowerCase(), it]));
    let decision: RoutedClassification['decision'] | null = null;
    const caller: Caller = {
      attributes: plainRequest(requestId, lower),
      onRouted: ({ arm, rule, reason }) => {
        decision = { arm, rule, reason };
      },
    };
    const asking = this.#classifying(picture, top);
    const classification = await this.#through(route, caller.attributes, 'latest', caller, signal, asking);
    if (!decision) throw new Error('An answer came from nowhere');
    return { requestId, decision, classification };
  }

  #classifying(picture: Uint8Array, top: number): Asking<Classification> {
    return {
      bytes: picture.length,
      picture,
      ask: (leaf, how, until) =>
        this.#parts.direct.classify(
          { model: leaf.model, version: { version: leaf.version }, picture, top },
          until,
          how,
        ),
      gistOf: ({ classes: [first] }) =>
        first ? { kind: 'classes', rows: [{ label: first.label, confidence: first.probability }] } : null,
      versionOf: (answer) => answer.version,
    };
  }

  /** Tables are asked by the split alone: what they say is not counted. */
  #chosen({ model, version }: { readonly model: string; readonly version: VersionChoice }) {
    const router = this.#parts.router();
    if (!router.get(model)) return { model, version };
    const destination = router.choose(model, plainRequest(randomUUID()), version);
    if (!destination) throw unanswered(model, version);
    return { model: destination.leaf.model, version: { version: destination.leaf.version } };
  }

  /** Throws what the last arm that was asked threw, ROUTE_UNANSWERED when there was none to ask. */
  async #through<T>(
    name: string,
    attributes: RequestAttributes,
    asked: VersionChoice,
    caller: Caller | undefined,
    signal: CancelSignal | undefined,
    asking: Asking<T>,
  ): Promise<T> {
    const { clock, ledger } = this.#parts;
    const atMs = clock.now();
    const startedAt = performance.now();
    const failed = new Set<string>();
    let runnersEnded = 0;
    for (;;) {
      const router = this.#parts.router();
      const destination = router.choose(name, attributes, asked, failed);
      const chosen = destination ?? patientChoice(router, name, attributes, asked);
      if (!chosen) {
        ledger.noteUnanswered(name, atMs, attributes);
        throw unanswered(name, asked);
      }
      caller?.onRouted?.(routedOf(chosen));
      try {
        const answer = await asking.ask(chosen.leaf, { isImpatient: destination !== null }, signal);
        const gist = asking.gistOf(answer);
        this.#note(chosen, attributes, atMs, performance.now() - startedAt, 'ok', gist);
        const version = asking.versionOf(answer);
        if (version !== chosen.leaf.version)
          caller?.onRouted?.(routedOf({ ...chosen, leaf: { ...chosen.leaf, version } }));
        this.#parts.shadows.offer(router, chosen, attributes, asking, gist);
        return answer;
      } catch (thrown) {
        const address = addressOf(router, chosen);
        if (isRunnerEnd(thrown)) runnersEnded++;
        // An input that ends processes must not go on to end those of all arms.
        const mayTryOther = destination !== null && runnersEnded < 2 && !signal?.aborted;
        if (mayTryOther && (isArmFailure(thrown) || this.#isOut(chosen)) && !failed.has(address)) {
          failed.add(address);
          continue;
        }
        this.#note(
          chosen,
          attributes,
          atMs,
          performance.now() - startedAt,
          isCancelled(thrown) ? 'cancelled' : 'failed',
          null,
        );
        throw thrown;
      }
    }
  }

  /** Can it not answer at all now, such as because its load has just failed? */
  #isOut({ leaf: { model, version } }: Destination): boolean {
    return this.#parts.targets.find({ model, version, label: null }) === null;
  }

  #note(
    { hops }: Destination,
    attributes: RequestAttributes,
    atMs: number,
    ms: number,
    status: 'ok' | 'failed' | 'cancelled',
    gist: AnswerGist | null,
  ): void {
    for (const { route, ...hop } of hops)
      this.#parts.ledger.note(route, { ...hop, attributes, atMs, ms, status, gist });
  }
}

const routedOf = ({ hops: [{ route, arm, rule, reason }], leaf }: Destination) => ({
  route,
  arm,
  rule,
  reason,
  model: leaf.model,
  version: leaf.version,
});

/** The arm that leads to the version itself. */
function addressOf(router: Router, { hops }: Destination): string {
  const last = hops[hops.length - 1];
  return (last && router.get(last.route)?.arm(last.arm)?.address) ?? '';
}

/**
 * When nothing is available, the arm that the split chose may be on its way back: it is asked for, and waited for as any version is.
 * Null when it leads to a label, a route or the latest, of which nobody knows which version would come.
 */
function patientChoice(
  router: Router,
  name: string,
  attributes: RequestAttributes,
  asked: VersionChoice,
): Destination | null {
  const route = router.get(name);
  if (!route || asked !== 'latest') return null;
  const { arm, rule, key } = route.pick(attributes);
  if (!arm || arm.isStopped || arm.version === null) return null;
  return {
    hops: [{ route: name, arm: arm.id, rule, reason: 'split', key, picked: arm.id }],
    leaf: { model: arm.model, version: arm.version, waiting: 0 },
  };
}

const unanswered = (route: string, asked: VersionChoice): AppError =>
  asked === 'latest'
    ? new AppError('ROUTE_UNANSWERED', { route }, { detail: `No version of the route ${route} is available` })
    : new AppError(
        'SERVABLE_NOT_FOUND',
        { model: route },
        {
          detail: `No arm of the route ${route} leads to ${'version' in asked ? `version ${asked.version}` : `the label ${asked.label}`}`,
        },
      );
