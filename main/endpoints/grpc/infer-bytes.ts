import type { ClientRequest } from '../../engine-api';
import { versionOr } from '../http/infer-reply';
import type { InferencePort } from '../inference-port';
import { FailedCall, type GrpcCall, type GrpcReply } from './grpc-call';

/** Passes a message on to the model, unread, and its answer back. */
export async function inferBytes(
  port: InferencePort,
  call: GrpcCall,
  request: Omit<ClientRequest, 'deadlineAtMs'>,
): Promise<GrpcReply> {
  const { codec, params, body } = request;
  try {
    const { bytes, model, version, timingsMs, exampleCount } = await port.infer(
      { ...request, deadlineAtMs: call.deadlineAtMs },
      call.signal,
    );
    const exchange = { codec, params, request: body, response: bytes };
    return { bytes, record: { model, version, timingsMs, exampleCount, exchange } };
  } catch (thrown) {
    const { model } = request;
    const exchange = { codec, params, request: body, response: null };
    throw new FailedCall(thrown, { model, version: versionOr(port, model, request.version), exchange });
  }
}
