import type { ClientRequest } from '../../engine-api';
import { versionOr } from '../http/infer-reply';
import type { InferencePort } from '../inference-port';
import { RoutedCall } from '../routed-answer';
import { FailedCall, type GrpcCall, type GrpcReply } from './grpc-call';

/** Passes a message on to the model, unread, and its answer back. */
export async function inferBytes(
  port: InferencePort,
  call: GrpcCall,
  request: Omit<ClientRequest, 'deadlineAtMs'>,
): Promise<GrpcReply> {
  const { codec, params, body, model, version: choice } = request;
  const caller = new RoutedCall(call);
  const { attributes } = caller;
  try {
    const { deadlineAtMs } = call;
    const answer = await port.infer(
      { model, version: choice, codec, body, params, deadlineAtMs, caller },
      call.signal,
    );
    const { bytes, version, timingsMs, exampleCount } = answer;
    const { routed } = caller;
    const exchange = { codec, params, request: body, response: bytes };
    const record = { model, version, routed, attributes, timingsMs, exampleCount, exchange };
    return { bytes, record, ...(routed ? { metadata: marked(call, caller.marks(answer)) } : {}) };
  } catch (thrown) {
    const { routed } = caller;
    const exchange = { codec, params, request: body, response: null };
    const version = routed?.version ?? versionOr(port, model, choice);
    const metadata = routed ? marked(call, caller.marks(null)) : {};
    throw new FailedCall(thrown, { model, version, routed, attributes, exchange }, metadata);
  }
}

/** With the id by which feedback names the answer. */
const marked = ({ requestId }: GrpcCall, marks: Readonly<Record<string, string>>) => ({
  ...marks,
  'x-request-id': requestId,
});
