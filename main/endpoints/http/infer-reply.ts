import type { ClientRequest, VersionChoice } from '../../engine-api';
import type { InferencePort } from '../inference-port';
import { RoutedCall } from '../routed-answer';
import type { HttpCall, HttpReply } from './http-call';
import { errorReply } from './replies';

/** Passes a body on to the model, unread, and its answer back. */
export async function inferReply(
  port: InferencePort,
  call: HttpCall,
  request: Omit<ClientRequest, 'body' | 'deadlineAtMs'>,
): Promise<HttpReply> {
  const body = await call.body();
  const caller = new RoutedCall(call);
  try {
    const { deadlineAtMs } = call;
    const { model, version: choice, codec, params } = request;
    const answer = await port.infer(
      { model, version: choice, codec, params, body, deadlineAtMs, caller },
      call.signal,
    );
    const { bytes, contentType, headers, version, timingsMs, exampleCount } = answer;
    return {
      status: 200,
      contentType,
      body: bytes,
      headers: Object.assign({}, headers, caller.marks(answer)),
      record: {
        status: 'OK',
        model,
        version,
        routed: caller.routed,
        attributes: caller.attributes,
        timingsMs,
        exampleCount,
        exchange: { codec, params, request: body, response: bytes },
      },
    };
  } catch (thrown) {
    const reply = errorReply(thrown, {
      model: request.model,
      version: caller.routed?.version ?? versionOr(port, request.model, request.version),
      routed: caller.routed,
      attributes: caller.attributes,
      exchange: { codec: request.codec, params: request.params, request: body, response: null },
    });
    return { ...reply, headers: { ...reply.headers, ...caller.marks(null) } };
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
