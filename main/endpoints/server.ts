import { AppError } from '../../app/base/errors';
import type { NonFinite } from '../runner/codecs/codec';
import { errorCodeOf } from '../sources/file-system';
import { createTokenGate, type Gate, openGate } from './auth/gate';
import type { TokenStore } from './auth/token-store';
import type { BatchPort } from './batches/batch-port';
import { createBatchRoutes } from './batches/batch-routes';
import { GrpcEndpoint } from './grpc/grpc-server';
import { grpcMethods } from './grpc/services';
import { HttpEndpoint } from './http/http-server';
import { createProbeRoutes } from './http/probe-routes';
import type { InferencePort } from './inference-port';
import { defaultLimits, type EndpointLimits } from './limits';
import { createMetricsRoute } from './metrics/metrics-route';
import { ServingMetrics } from './metrics/serving-metrics';
import { createModelsApi } from './models/models-api';
import { createOipRoutes } from './oip/oip-routes';
import { RequestStatistics } from './oip/request-statistics';
import { isServerReady } from './readiness';
import type { RequestLoggers } from './request-log';
import type { ObserveRequest } from './request-record';
import { createTfsRoutes } from './rest/tfs-routes';
import { createRoutesApi } from './routes/routes-api';
import { asksForCertificates, readTls, type TlsSettings } from './tls';

/** An address to listen on; port 0 picks a free one. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
}

/** Who may call; may be changed while clients are connected. */
export interface AccessRules {
  /** Null asks nobody for a token. */
  readonly tokens: TokenStore | null;
  /** May web pages of any site call? */
  readonly isCorsEnabled: boolean;
}

export interface EndpointsOptions extends AccessRules {
  readonly port: InferencePort;
  /** Null takes no batches. */
  readonly batches?: BatchPort | null;
  /** Null serves none. */
  readonly rest: ListenAt | null;
  readonly grpc: ListenAt | null;
  /** A UNIX socket on which gRPC is served as well. */
  readonly grpcSocketPath?: string | undefined;
  /** What to do about a port that is taken. */
  readonly whenPortIsTaken: 'takeNext' | 'fail';
  readonly tls: TlsSettings | null;
  readonly limits?: Partial<EndpointLimits>;
  readonly nonFinite: NonFinite;
  /** Null serves no metrics. */
  readonly metricsPath: string | null;
  /** Names, beside this machine's own, under which clients may call. */
  readonly hostNames: readonly string[];
  /** Ours; shown to clients. */
  readonly version: string;
  readonly observe?: ObserveRequest;
  /** Whoever gives them closes them. */
  readonly requestLogs?: RequestLoggers;
}

export interface Endpoints {
  /** Where it listens; null where it does not. */
  readonly rest: ListenAt | null;
  readonly grpc: ListenAt | null;
  /**
   * From the next request, or the next stream of a gRPC connection, on; connections stay. Throws FAILED_PRECONDITION as `startEndpoints`
   * does, and changes nothing then.
   */
  setAccess(rules: AccessRules): void;
  /** Takes nothing new, lets what is in flight finish within the time, ends the rest. */
  close(withinMs: number): Promise<void>;
}

const portsTried = 100;

/**
 * Opens what the options ask for. Throws FAILED_PRECONDITION for an address that others reach without token or client certificate,
 * and PORT_IN_USE; nothing is left open then.
 */
export async function startEndpoints(options: EndpointsOptions): Promise<Endpoints> {
  const { port } = options;
  checkAddresses(options, options);
  let access: AccessRules = options;
  const limits = { ...defaultLimits, ...options.limits };
  const tls = options.tls && (await readTls(options.tls));
  let lets = gateOf(access);
  const gate: Gate = (authorization, scope) => lets(authorization, scope);
  const metrics = new ServingMetrics(port);
  const statistics = new RequestStatistics();
  let isClosing = false;
  const isReady = (): boolean => !isClosing && isServerReady(port);
  const counting = options.requestLogs?.onDidLog(metrics.countLogged);
  const observe: ObserveRequest = (record) => {
    metrics.observe(record);
    statistics.observe(record);
    options.requestLogs?.observe(record);
    options.observe?.(record);
  };
  const shared = { gate, limits, observe, tls };

  const http = new HttpEndpoint({
    ...shared,
    protocols: [
      createRoutesApi(port),
      ...(options.batches ? [createBatchRoutes({ port, batches: options.batches })] : []),
      createModelsApi(port),
      createTfsRoutes({ port, nonFinite: options.nonFinite }),
      createOipRoutes({ port, statistics, isReady, nonFinite: options.nonFinite, version: options.version }),
      createProbeRoutes(isReady),
      ...(options.metricsPath === null ? [] : [createMetricsRoute(metrics, options.metricsPath)]),
    ],
    // Whoever shows a token or a certificate may call under any name that leads here.
    allowedHosts: options.rest && isLoopback(options.rest.host) ? options.hostNames : null,
    isCorsEnabled: () => access.isCorsEnabled,
  });
  const methods = grpcMethods({
    port,
    statistics,
    isReady,
    isHealthOfModelsTold: () => access.tokens === null,
    counterValue: (name) => metrics.counterValue(name),
    version: options.version,
  });
  const grpc = new GrpcEndpoint({ ...shared, methods });
  const close = async (withinMs: number): Promise<void> => {
    isClosing = true;
    await Promise.all([http.close(withinMs), grpc.close(withinMs)]);
    metrics.dispose();
    counting?.dispose();
  };
  try {
    const rest = options.rest && (await listen(http, options.rest, options.whenPortIsTaken));
    if (options.grpcSocketPath !== undefined) await grpc.listenAtSocket(options.grpcSocketPath);
    return {
      rest,
      grpc: options.grpc && (await listen(grpc, options.grpc, options.whenPortIsTaken)),
      setAccess: (rules) => {
        checkAddresses(options, rules);
        access = rules;
        lets = gateOf(rules);
      },
      close,
    };
  } catch (thrown) {
    await close(0);
    throw thrown;
  }
}

const gateOf = ({ tokens }: AccessRules): Gate => (tokens ? createTokenGate(tokens) : openGate);

function checkAddresses({ rest, grpc, tls }: EndpointsOptions, { tokens }: AccessRules): void {
  const isOpen = [rest, grpc].some((at) => at !== null && !isLoopback(at.host));
  if (isOpen && !tokens && !asksForCertificates(tls))
    throw new AppError(
      'FAILED_PRECONDITION',
      {},
      { detail: 'An address that other machines reach needs access tokens or client certificates.' },
    );
}

/** Does only this machine reach it? */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);

interface Listener {
  listen(host: string, port: number): Promise<number>;
}

async function listen(
  endpoint: Listener,
  { host, port }: ListenAt,
  whenTaken: EndpointsOptions['whenPortIsTaken'],
): Promise<ListenAt> {
  const last = port === 0 || whenTaken === 'fail' ? port : Math.min(port + portsTried, 65_535);
  for (let tried = port; ; tried++) {
    try {
      return { host, port: await endpoint.listen(host, tried) };
    } catch (thrown) {
      if (!isPortTaken(thrown)) throw refusedBySystem(thrown, host, tried);
      if (tried >= last) throw portInUse(port, thrown);
    }
  }
}

const isPortTaken = (thrown: unknown): boolean => errorCodeOf(thrown) === 'EADDRINUSE';

/** What somebody can do something about, in words. */
function refusedBySystem(thrown: unknown, host: string, port: number): unknown {
  switch (errorCodeOf(thrown)) {
    case 'EACCES':
      return new AppError('PORT_NOT_ALLOWED', { port: String(port) }, { cause: thrown });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new AppError('ADDRESS_NOT_HERE', { host }, { cause: thrown });
    default:
      return thrown;
  }
}

const portInUse = (port: number, cause: unknown): AppError =>
  new AppError('PORT_IN_USE', { port: String(port) }, { detail: `Port ${port} is in use.`, cause });
