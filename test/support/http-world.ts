import { onTestFinished } from 'vitest';
import { openGate } from '../../main/endpoints/auth/gate';
import type { FindRoute } from '../../main/endpoints/http/http-call';
import { HttpEndpoint, type HttpServerOptions } from '../../main/endpoints/http/http-server';
import { defaultLimits, type EndpointLimits } from '../../main/endpoints/limits';
import { createOipRoutes } from '../../main/endpoints/oip/oip-routes';
import { RequestStatistics } from '../../main/endpoints/oip/request-statistics';
import type { RequestRecord } from '../../main/endpoints/request-record';
import { createTfsRoutes } from '../../main/endpoints/rest/tfs-routes';
import { FakeInferencePort } from './fake-inference-port';
import { ask, type HttpAsk } from './http-client';

export interface HttpWorldOptions
  extends Partial<Omit<HttpServerOptions, 'limits' | 'observe' | 'protocols' | 'isCorsEnabled'>> {
  readonly limits?: Partial<EndpointLimits>;
  readonly port?: FakeInferencePort;
  readonly isCorsEnabled?: boolean;
  readonly more?: readonly FindRoute[];
  /** Asked before the protocols. */
  readonly first?: readonly FindRoute[];
}

/** A server on a real socket in front of a fake engine. It is closed when the test has finished. */
export async function httpWorld({
  limits = {},
  port = new FakeInferencePort(),
  more = [],
  first = [],
  isCorsEnabled = false,
  ...options
}: HttpWorldOptions = {}) {
  const records: RequestRecord[] = [];
  const statistics = new RequestStatistics();
  const endpoint = new HttpEndpoint({
    protocols: [
      ...first,
      createTfsRoutes({ port, nonFinite: 'null' }),
      createOipRoutes({ port, statistics, isReady: () => true, nonFinite: 'null' }),
      ...more,
    ],
    gate: openGate,
    limits: { ...defaultLimits, ...limits },
    observe: (record) => {
      records.push(record);
      statistics.observe(record);
    },
    allowedHosts: [],
    tls: null,
    ...options,
    isCorsEnabled: () => isCorsEnabled,
  });
  const number = await endpoint.listen('127.0.0.1', 0);
  onTestFinished(() => endpoint.close(0));
  return {
    endpoint,
    port,
    records,
    number,
    ask: (path: string, request?: HttpAsk) => ask(number, path, request),
  };
}
