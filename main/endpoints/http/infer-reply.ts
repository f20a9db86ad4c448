import type { ClientRequest, VersionChoice } from '../../engine-api';
import type { InferencePort } from '../inference-port';
import type { HttpCall, HttpReply } from './http-call';
import { errorReply } from './replies';

/** The header that names the version that answered. */
const versionHeader = 'x-slipway-version';

/** Passes a body on to the model, unread, and its answer back. */
export async function inferReply(
  port: InferencePort,
  call: HttpCall,
  request: Omit<ClientRequest, 'body' | 'deadlineAtMs'>,
): Promise<HttpReply> {
  const body = await call.body();
  try {
    const answer = await port.infer({ ...request, body, deadlineAtMs: call.deadlineAtMs }, call.signal);
    const { bytes, contentType, headers, model, version, timingsMs, exampleCount } = answer;
    return {
      status: 200,
      contentType,
      body: bytes,
      headers: { ...headers, [versionHeader]: String(version) },
      record: {
        status: 'OK',
        model,
        version,
        timingsMs,
        exampleCount,
        exchange: { codec: request.codec, params: request.params, request: body, response: bytes },
      },
    };
  } catch (thrown) {
    return errorReply(thrown, {
      model: request.model,
      version: versionOr(port, request.model, request.version),
      exchange: { codec: request.codec, params: request.params, request: body, response: null },
    });
  }
}

/** Whom a failure is counted for: the version that would answer, or none. */
export function versionOr(port: InferencePort, model: string, choice: VersionChoice): number | null {
  try {
    return port.resolve(model, choice);
  } catch {
    // Nothing answers to that name, which is what the client is told.
    return null;
  }
}
