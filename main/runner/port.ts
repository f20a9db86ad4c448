/** The runner's end of the channel to the process that started it. */
export interface RunnerPort {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The parent has gone or let go of the channel. */
  onClose(listener: () => void): void;
}

/** What Electron puts on `process` inside a `utilityProcess`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
}

/** Connects to whoever started this process: Electron's `utilityProcess` or Node's `child_process.fork`. Undefined when nobody listens. */
export function connectToParent(): RunnerPort | undefined {
  const { parentPort } = process as NodeJS.Process & { readonly parentPort?: ParentPort };
  if (parentPort) {
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
      onClose: (listener) => parentPort.on('close', listener),
    };
  }
  if (!process.send) return undefined;
  return {
    // A parent that has gone makes `send` fail; `disconnect` then ends this process.
    send: (message) => process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
  };
}
