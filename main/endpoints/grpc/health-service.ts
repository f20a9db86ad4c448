import { z } from 'zod';
import { AppError } from '../../../app/base/errors';
import type { InferencePort } from '../inference-port';
import type { GrpcCall, GrpcMethod } from './grpc-call';
import { decodeMessage, encodeMessage } from './messages';

const service = '/grpc.health.v1.Health';

export interface HealthOptions {
  readonly port: InferencePort;
  readonly isReady: () => boolean;
  readonly isHealthOfModelsTold: () => boolean;
  /** Full names of the services that are served. */
  readonly services: readonly string[];
}

const requestSchema = z.looseObject({ service: z.string().default('') });
type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

/** The standard health service; a model's name may be asked for like a service's. Source: grpc/health/v1/health.proto. */
export function healthService({
  port,
  isReady,
  isHealthOfModelsTold,
  services,
}: HealthOptions): readonly GrpcMethod[] {
  const statusOf = (name: string, { closing }: GrpcCall): ServingStatus => {
    if (closing.aborted) return 'NOT_SERVING';
    const model = isHealthOfModelsTold() ? port.model(name) : undefined;
    if (model) return model.versions.some((version) => version.isReady) ? 'SERVING' : 'NOT_SERVING';
    if (name !== '' && !services.includes(name)) return 'SERVICE_UNKNOWN';
    return isReady() ? 'SERVING' : 'NOT_SERVING';
  };
  const requestOf = (body: Uint8Array): string =>
    decodeMessage('grpc.health.v1.HealthCheckRequest', body, requestSchema).service;
  const answer = (status: ServingStatus): Buffer =>
    encodeMessage('grpc.health.v1.HealthCheckResponse', { status });
  return [
    {
      kind: 'unary',
      path: `${service}/Check`,
      scope: null,
      handle: async (body, call) => {
        const name = requestOf(body);
        const status = statusOf(name, call);
        if (status === 'SERVICE_UNKNOWN')
          throw new AppError(
            'INVALID_ARGUMENT',
            {},
            { detail: `unknown service ${name}`, status: 'NOT_FOUND' },
          );
        return { bytes: answer(status) };
      },
    },
    {
      kind: 'feed',
      path: `${service}/Watch`,
      scope: null,
      handle: (body, call, send) => {
        const name = requestOf(body);
        let last: ServingStatus | null = null;
        const tell = (): void => {
          const status = statusOf(name, call);
          if (status !== last) send(answer(status));
          last = status;
        };
        tell();
        const watching = port.onDidChange(tell);
        call.closing.addEventListener('abort', tell);
        const leave = (): void => {
          watching.dispose();
          call.closing.removeEventListener('abort', tell);
        };
        call.signal.addEventListener('abort', leave, { once: true });
      },
    },
  ];
}
