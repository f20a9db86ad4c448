import type { EndpointsControl } from '../../main/endpoints/control';
import type { Engine } from '../../main/engine-api';

export interface EndpointsHost {
  /** Resolves once there is an engine to serve, rejects when there is none, or the tokens cannot be read. */
  readonly ready: Promise<EndpointsControl>;
  /** Ends them, if they ever began. */
  close(): Promise<void>;
}

/** Holds the endpoints, which come with the engine. */
export function createEndpointsHost(
  engine: Promise<Engine>,
  stateFolder: string,
  version: string,
): EndpointsHost {
  let started: Promise<EndpointsControl> | undefined;
  const ready = engine.then((running) => {
    started = load(running, stateFolder, version);
    return started;
  });
  ready.catch(() => {
    // each caller of `ready` hears of it
  });
  return {
    ready,
    close: async () => {
      const control = await started?.catch(() => undefined); // it has said why it could not start
      await control?.close();
    },
  };
}

async function load(engine: Engine, stateFolder: string, version: string): Promise<EndpointsControl> {
  const { createEndpointsControl } = await import('../../main/endpoints/control');
  return createEndpointsControl({ engine, stateFolder, version });
}
