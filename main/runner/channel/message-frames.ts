import { deserialize, serialize } from 'node:v8';
import { type CallParams, codecNames } from '../codecs/codec';
import type { InferInput, InferOutput } from '../codecs/infer';
import type { Batch, FromRunner, ToRunner } from '../protocol';
import type { FrameReader } from './frame-reader';
import type { FrameWriter } from './frame-writer';

// How messages look on their way between engine and runner under Node. What clients ask and are answered has a form of its own, since
// there are tens of thousands of it a second; all other messages are structured clones.

const kinds = { messages: 0, infer: 1, inferred: 2 } as const;

type Infer = Extract<ToRunner, { kind: 'request' }> & { readonly method: 'infer' };
type Inferred = Extract<FromRunner, { kind: 'inferred' }>;
type Message = ToRunner | FromRunner;

/** Writes messages, in their order. */
export function writeMessages(batch: Batch<Message>, writer: FrameWriter): void {
  let others: Message[] = [];
  const writeOthers = (): void => {
    if (others.length === 0) return;
    writer.begin(kinds.messages);
    writer.rest(serialize(others));
    writer.end();
    others = [];
  };
  for (const message of batch) {
    if (isInfer(message)) {
      writeOthers();
      writeInfer(message, writer);
    } else if (message.kind === 'inferred') {
      writeOthers();
      writeInferred(message, writer);
    } else others.push(message);
  }
  writeOthers();
}

/** Reads a frame of `writeMessages`. Bodies share the frame's memory. */
export function readMessages(frame: FrameReader, into: Message[]): void {
  switch (frame.byte()) {
    case kinds.infer:
      into.push(readInfer(frame));
      return;
    case kinds.inferred:
      into.push(readInferred(frame));
      return;
    default:
      into.push(...(deserialize(frame.rest()) as Message[]));
  }
}

const isInfer = (message: Message): message is Infer =>
  message.kind === 'request' && message.method === 'infer';

function writeInfer({ id, deadlineAtMs, input }: Infer, writer: FrameWriter): void {
  const { codec, params, model, version, wantsGist, body } = input as InferInput;
  writer.begin(kinds.infer);
  writer.integer(id);
  writer.number(deadlineAtMs ?? Number.NaN);
  writer.byte(codecNames.indexOf(codec));
  writer.byte(wantsGist ? 1 : 0);
  writer.number(version);
  writer.text(model);
  writer.text(JSON.stringify(params));
  writer.rest(body);
  writer.end();
}

function readInfer(frame: FrameReader): Infer {
  const id = frame.integer();
  const deadlineAtMs = frame.number();
  const codec = codecNames[frame.byte()] ?? 'tfs-json';
  const wantsGist = frame.byte() === 1;
  const version = frame.number();
  const model = frame.text();
  const params: CallParams = JSON.parse(frame.text());
  const input: InferInput = { codec, params, model, version, wantsGist, body: frame.rest() };
  return Number.isNaN(deadlineAtMs)
    ? { kind: 'request', id, method: 'infer', input }
    : { kind: 'request', id, method: 'infer', input, deadlineAtMs };
}

function writeInferred({ id, output }: Inferred, writer: FrameWriter): void {
  const { contentType, headers, gist, timingsMs, exampleCount, bytes } = output;
  writer.begin(kinds.inferred);
  writer.integer(id);
  writer.number(timingsMs.parse);
  writer.number(timingsMs.queue);
  writer.number(timingsMs.run);
  writer.number(timingsMs.render);
  writer.number(exampleCount);
  writer.text(contentType);
  writer.text(JSON.stringify(gist ? { headers, gist } : { headers }));
  writer.rest(bytes);
  writer.end();
}

function readInferred(frame: FrameReader): Inferred {
  const id = frame.integer();
  const timingsMs: InferOutput['timingsMs'] = {
    parse: frame.number(),
    queue: frame.number(),
    run: frame.number(),
    render: frame.number(),
  };
  const exampleCount = frame.number();
  const contentType = frame.text();
  const { headers, gist }: Pick<InferOutput, 'headers' | 'gist'> = JSON.parse(frame.text());
  const output: InferOutput = { contentType, headers, timingsMs, exampleCount, bytes: frame.rest() };
  return { kind: 'inferred', id, output: gist ? { ...output, gist } : output };
}
