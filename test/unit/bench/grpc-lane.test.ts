import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GrpcConnection, GrpcLane } from '../../bench/load/grpc-lane';

const bytes = (value: Buffer): Buffer => value;
const path = '/a.Service/Echo';
let server: Server;
let port: number;
let connection: GrpcConnection;

beforeEach(async () => {
  server = new Server();
  server.register(
    path,
    ({ request }: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
      request.toString() === 'refuse'
        ? answer({ code: status.INVALID_ARGUMENT, details: 'No' })
        : answer(null, request),
    bytes,
    bytes,
    'unary',
  );
  port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  connection = new GrpcConnection(port);
});

afterEach(() => {
  connection.close();
  server.forceShutdown();
});

test('lanes on one connection get the answers to their own questions, more of them than its window holds', async () => {
  const lanes = Array.from({ length: 8 }, () => new GrpcLane(connection, path));
  const ask = async (lane: GrpcLane, at: number): Promise<void> => {
    for (let round = 0; round < 20; round++) {
      const message = Buffer.alloc(12_000, `${at} ${round} `);
      const answer = await lane.ask(message);
      expect([answer.isOk, answer.body.equals(message)]).toEqual([true, true]);
    }
  };
  await Promise.all(lanes.map(ask));
});

test('a refusal is none that is fine, and others go on', async () => {
  const lane = new GrpcLane(connection, path);
  expect((await lane.ask(Buffer.from('refuse'))).isOk).toBe(false);
  expect((await lane.ask(Buffer.from('hello'))).body.toString()).toBe('hello');
  expect((await new GrpcLane(connection, '/a.Service/Unknown').ask(Buffer.from('hello'))).isOk).toBe(false);
});

test('a connection that broke says so to who waits and to who asks later', async () => {
  const lane = new GrpcLane(connection, path);
  await lane.ask(Buffer.from('hello'));
  const waiting = lane.ask(Buffer.from('hello'));
  connection.close();
  await expect(waiting).rejects.toThrow('closed');
  await expect(lane.ask(Buffer.from('hello'))).rejects.toThrow('closed');
});
