import { type Duplex, duplexPair } from 'node:stream';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { FrameChannel } from '../../../main/runner/channel/frame-channel';
import { FrameCutter } from '../../../main/runner/channel/frame-cutter';
import { FrameWriter } from '../../../main/runner/channel/frame-writer';
import { readMessages, writeMessages } from '../../../main/runner/channel/message-frames';
import type { InferInput, InferOutput } from '../../../main/runner/codecs/infer';
import type { Batch, FromRunner, ToRunner } from '../../../main/runner/protocol';

type Message = ToRunner | FromRunner;

const infer = (id: number, body: Uint8Array, more: Partial<InferInput> = {}): ToRunner => ({
  kind: 'request',
  id,
  method: 'infer',
  input: {
    codec: 'oip-json',
    params: { method: 'predict', jsonLength: 5, nonFinite: 'string' },
    model: 'mödel 模型',
    version: 2 ** 40,
    wantsGist: false,
    body,
    ...more,
  },
  deadlineAtMs: 1_700_000_000_000.5,
});

const output: InferOutput = {
  bytes: Buffer.from('{"predictions":[1]}'),
  contentType: 'application/json',
  headers: { 'inference-header-content-length': '12' },
  timingsMs: { parse: 0.25, queue: 1.5, run: 3, render: 0 },
  exampleCount: 7,
};

/** Every message as it comes out at the other end when the bytes arrive in pieces of these sizes, in turns. */
function sent(batch: Batch<Message>, sizes: readonly number[]): Message[] {
  const writer = new FrameWriter();
  writeMessages(batch, writer);
  const bytes = Buffer.concat(writer.take());
  const came: Message[] = [];
  const cutter = new FrameCutter((frame) => readMessages(frame, came));
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    cutter.take(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return came;
}

const plain = (messages: readonly Message[]): unknown =>
  JSON.parse(
    JSON.stringify(messages, (_, value) =>
      value?.type === 'Buffer' || ArrayBuffer.isView(value)
        ? Buffer.from(value.data ?? value).toString('hex')
        : value,
    ),
  );

describe('messages as frames', () => {
  const batch: Batch<Message> = [
    { kind: 'start', platform: 'onnx', name: 'slipway mödel 1' },
    infer(1, Buffer.from('hello')),
    { kind: 'cancel', id: 1 },
    { kind: 'ping', id: 2 },
    infer(3, new Uint8Array(0), { wantsGist: true, codec: 'image', params: { method: 'classify', top: 3 } }),
    infer(4, Buffer.alloc(100_000, 7)),
    { kind: 'inferred', id: 4, output: { ...output, gist: { kind: 'numbers', values: [1, null] } } },
    { kind: 'inferred', id: 5, output: { ...output, headers: {}, bytes: Buffer.alloc(40_000, 1) } },
    { kind: 'pong', id: 2, stats: { residentBytes: 5 } },
  ];

  test('come out as they went in, in their order, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        expect(plain(sent(batch, sizes))).toEqual(plain(batch));
      }),
      { numRuns: 40 },
    );
    expect(plain(sent(batch, [1]))).toEqual(plain(batch));
  });

  test('a request without a deadline has none at the other end', () => {
    const { deadlineAtMs: _, ...request } = infer(1, Buffer.from('x')) as Extract<
      ToRunner,
      { kind: 'request' }
    >;
    expect(sent([request], [1_000])[0]).not.toHaveProperty('deadlineAtMs');
  });

  test('typed arrays stay typed arrays', () => {
    const value = { outputs: { logits: { dtype: 'float32', shape: [2], data: Float32Array.of(1.5, -2) } } };
    const [message] = sent([{ kind: 'done', id: 9, value }], [3]);
    expect(message).toEqual({ kind: 'done', id: 9, value });
  });

  test('a body shares the memory of what arrived: it is not copied', () => {
    const writer = new FrameWriter();
    writeMessages([infer(1, Buffer.from('hello'))], writer);
    const bytes = Buffer.concat(writer.take());
    const came: Message[] = [];
    new FrameCutter((frame) => readMessages(frame, came)).take(bytes);
    const [message] = came as [Extract<ToRunner, { kind: 'request' }>];
    expect((message.input as InferInput).body.buffer).toBe(bytes.buffer);
  });
});

describe('a channel', () => {
  let here: Duplex;
  let there: Duplex;
  let came: ToRunner[][];
  let sender: FrameChannel<ToRunner, FromRunner>;

  beforeEach(() => {
    [here, there] = duplexPair();
    came = [];
    sender = new FrameChannel<ToRunner, FromRunner>(here, () => undefined);
    new FrameChannel<FromRunner, ToRunner>(there, (batch) => came.push([...batch]));
  });

  test('what is sent while the system has not taken the last is as it was meant', async () => {
    const bodies = Array.from({ length: 50 }, (_, index) => Buffer.alloc(3_000, index));
    for (const [index, body] of bodies.entries()) sender.send([infer(index, body)]);
    await expect.poll(() => came.flat().length).toBe(bodies.length);
    came.flat().forEach((message, index) => {
      const { body } = (message as { readonly input: InferInput }).input;
      expect(Buffer.from(body).equals(bodies[index] ?? Buffer.alloc(0))).toBe(true);
    });
  });

  test('nothing is sent, and nothing thrown, once the other end has gone', async () => {
    here.destroy();
    sender.send([{ kind: 'ping', id: 1 }]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(came).toEqual([]);
  });
});
