import type { InferencePort } from '../../main/endpoints/inference-port';
import { type EndpointsOptions, startEndpoints } from '../../main/endpoints/server';
import { callOnce } from './grpc-client';
import { ask, type HttpAnswer, type HttpAsk } from './http-client';

export interface LocalEndpoints {
  readonly restPort: number;
  readonly grpcAddress: string;
  readonly ask: (path: string, request?: HttpAsk) => Promise<HttpAnswer>;
  /** One unary call over gRPC. */
  readonly call: (
    path: string,
    types: readonly [string, string],
    message: Record<string, unknown>,
  ) => Promise<Record<string, unknown>>;
  close(withinMs?: number): Promise<void>;
}

/** A free port of this computer. */
export const local = { host: '127.0.0.1', port: 0 };

/** Both protocols on free ports, open to everybody here. */
export const localOptions = (
  port: InferencePort,
  differences: Partial<EndpointsOptions> = {},
): EndpointsOptions => ({
  port,
  rest: local,
  grpc: local,
  whenPortIsTaken: 'fail',
  tokens: null,
  tls: null,
  nonFinite: 'null',
  isCorsEnabled: false,
  metricsPath: '/monitoring/prometheus/metrics',
  hostNames: [],
  version: 'test',
  ...differences,
});

/** Serves `port` with `localOptions`. Whoever opens them closes them. */
export async function localEndpoints(
  port: InferencePort,
  differences: Partial<EndpointsOptions> = {},
): Promise<LocalEndpoints> {
  const endpoints = await startEndpoints(localOptions(port, differences));
  const restPort = endpoints.rest?.port ?? 0;
  const grpcAddress = `127.0.0.1:${endpoints.grpc?.port}`;
  return {
    restPort,
    grpcAddress,
    ask: (path, request) => ask(restPort, path, request),
    call: (path, types, message) => callOnce(grpcAddress, path, types, message),
    close: (withinMs = 0) => endpoints.close(withinMs),
  };
}
