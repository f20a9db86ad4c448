import type { Engine, EngineOptions } from '../../main/engine-api';

export interface EngineHost {
  /** Starts the engine; a second call changes nothing. */
  start(): void;
  /** Resolves once the engine runs, rejects when it could not start. Does not start it. */
  readonly ready: Promise<Engine>;
  /** Lets go of it; one that never started needs nothing. */
  close(): Promise<void>;
}

/** Holds the engine, which is loaded only when asked for: the window is drawn before. */
export function createEngineHost(options: EngineOptions, load = loadEngine): EngineHost {
  let started: Promise<Engine> | undefined;
  let settle: (engine: Promise<Engine>) => void = () => {};
  const ready = new Promise<Engine>((resolve) => {
    settle = resolve;
  });
  ready.catch(() => {
    // each caller of `ready` hears of it
  });
  return {
    ready,
    start() {
      if (started) return;
      started = load(options);
      settle(started);
    },
    async close() {
      const engine = await started?.catch(() => undefined); // it has said why it could not start
      await engine?.close();
    },
  };
}

async function loadEngine(options: EngineOptions): Promise<Engine> {
  const { createEngine } = await import('../../main/engine');
  return createEngine(options);
}
