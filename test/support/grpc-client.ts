import {
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { openGate } from '../../main/endpoints/auth/gate';
import { GrpcEndpoint, type GrpcServerOptions } from '../../main/endpoints/grpc/grpc-server';
import { grpcMethods } from '../../main/endpoints/grpc/services';
import { defaultLimits, type EndpointLimits } from '../../main/endpoints/limits';
import { RequestStatistics } from '../../main/endpoints/oip/request-statistics';
import type { RequestRecord } from '../../main/endpoints/request-record';
import { FakeInferencePort } from './fake-inference-port';
import { decode, encode } from './proto-client';

const asBytes = (bytes: Buffer): Buffer => bytes;

export interface GrpcWorldOptions extends Partial<Omit<GrpcServerOptions, 'limits' | 'observe' | 'methods'>> {
  readonly limits?: Partial<EndpointLimits>;
  readonly port?: FakeInferencePort;
  readonly isReady?: () => boolean;
  readonly isHealthOfModelsTold?: boolean;
}

type Message = Record<string, unknown>;

/** A gRPC server on a real socket in front of a fake engine, and a client of it. Both are closed when the test has finished. */
export async function grpcWorld({
  limits = {},
  port = new FakeInferencePort(),
  isReady = () => true,
  isHealthOfModelsTold = true,
  ...options
}: GrpcWorldOptions = {}) {
  const records: RequestRecord[] = [];
  const statistics = new RequestStatistics();
  const endpoint = new GrpcEndpoint({
    methods: grpcMethods({
      port,
      statistics,
      isReady,
      isHealthOfModelsTold: () => isHealthOfModelsTold,
      counterValue: async () => 0,
      version: '1',
    }),
    gate: openGate,
    limits: { ...defaultLimits, ...limits },
    observe: (record) => {
      records.push(record);
      statistics.observe(record);
    },
    tls: null,
    ...options,
  });
  const number = await endpoint.listen('127.0.0.1', 0);
  const client = new Client(`127.0.0.1:${number}`, credentials.createInsecure());
  onTestFinished(async () => {
    client.close();
    await endpoint.close(0);
  });

  /** Calls a unary method; rejects with gRPC's `ServiceError`. */
  const call = (
    path: string,
    types: readonly [string, string],
    message: Message,
    headers: Record<string, string> = {},
    deadline?: Date,
  ) =>
    new Promise<Message>((resolve, reject) => {
      const metadata = new Metadata();
      for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
      const body = Buffer.from(encode(types[0], message));
      client.makeUnaryRequest(
        path,
        asBytes,
        asBytes,
        body,
        metadata,
        deadline ? { deadline } : {},
        (error, answer) => (error || !answer ? reject(error) : resolve(decode(types[1], answer))),
      );
    });

  /** Opens a stream of messages both ways. */
  const stream = (path: string): ClientDuplexStream<Buffer, Buffer> =>
    client.makeBidiStreamRequest(path, asBytes, asBytes);

  /** Asks once for messages that go on coming. */
  const feed = (path: string, type: string, message: Message) =>
    client.makeServerStreamRequest(path, asBytes, asBytes, Buffer.from(encode(type, message)));

  return { endpoint, port, records, number, client, call, stream, feed };
}

/** One unary call on a connection of its own; rejects with gRPC's `ServiceError`. */
export async function callOnce(
  address: string,
  path: string,
  types: readonly [string, string],
  message: Message,
  how: ChannelCredentials = credentials.createInsecure(),
): Promise<Message> {
  const client = new Client(address, how);
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        asBytes,
        asBytes,
        Buffer.from(encode(types[0], message)),
        (error, bytes) => (error || !bytes ? reject(error) : resolve(decode(types[1], bytes))),
      );
    });
  } finally {
    client.close();
  }
}

/** The name of the status with which a call failed; `OK` when it did not. */
export const codeOfCall = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'OK',
    (error: ServiceError) => status[error.code] ?? String(error.code),
  );
