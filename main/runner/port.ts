import { Socket } from 'node:net';
import { FrameChannel } from './channel/frame-channel';
import type { Batch, FromRunner, ToRunner } from './protocol';

/** The runner's end of the channel to the process that started it. */
export interface RunnerPort {
  send(batch: Batch<FromRunner>): void;
  onMessage(listener: (batch: Batch<ToRunner>) => void): void;
  /** The parent has gone or let go of the channel. */
  onClose(listener: () => void): void;
}

/** What Electron puts on `process` inside a `utilityProcess`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
}

/** Under Node, the environment variable that names the open file over which a runner and its parent talk. */
export const channelVariable = 'SLIPWAY_RUNNER_CHANNEL';

/** Connects to whoever started this process: Electron's `utilityProcess`, or Node. Undefined when nobody listens. */
export function connectToParent(): RunnerPort | undefined {
  const { parentPort } = process as NodeJS.Process & { readonly parentPort?: ParentPort };
  if (parentPort) {
    return {
      send: (batch) => parentPort.postMessage(batch),
      // Electron settles promises only after it has judged which rejections nobody handled: one that is rejected while a message is
      // being taken, and handled one step later, would end the process. In a microtask of its own nothing is judged too early.
      onMessage: (listener) =>
        parentPort.on('message', ({ data }) => queueMicrotask(() => listener(data as Batch<ToRunner>))),
      onClose: (listener) => parentPort.on('close', listener),
    };
  }
  const channel = process.env[channelVariable];
  return channel === undefined
    ? undefined
    : framedPort(new Socket({ fd: Number(channel), readable: true, writable: true }));
}

function framedPort(socket: Socket): RunnerPort {
  let onBatch: (batch: Batch<ToRunner>) => void = () => undefined;
  const channel = new FrameChannel<FromRunner, ToRunner>(socket, (batch) => onBatch(batch));
  return {
    send: (batch) => channel.send(batch),
    onMessage: (listener) => {
      onBatch = listener;
    },
    onClose: (listener) => void socket.on('close', listener),
  };
}
