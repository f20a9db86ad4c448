import { join } from 'node:path';
import { specific } from '../serving/manager';
import { servableNotFound } from '../serving/servable-errors';
import { TrafficLedger } from '../traffic/traffic-ledger';
import { TrafficStore } from '../traffic/traffic-store';
import type { EngineInference } from './engine-inference';
import { EngineRoutes, type EngineRoutesParts } from './engine-routes';
import type { InteractiveLoad } from './interactive-load';
import { RouteShadows } from './route-shadows';
import { RouteTargets, type RouteTargetsParts } from './route-targets';
import { RouteTasks } from './route-tasks';
import { RoutedInference } from './routed-inference';
import { setAside } from './set-aside';

export interface ConnectRoutesParts
  extends RouteTargetsParts,
    Omit<EngineRoutesParts, 'targets' | 'tasks' | 'ledger'> {
  readonly direct: EngineInference;
  readonly load: InteractiveLoad;
  /** Null keeps nothing. */
  readonly stateFolder: string | null;
  /** Hears the name of a file that made no sense and was set aside. */
  readonly onBroken: (file: string) => void;
}

export interface ConnectedRoutes {
  readonly routes: EngineRoutes;
  /** Asks models and routes alike. */
  readonly inference: RoutedInference;
  readonly closeRoutes: () => Promise<void>;
}

const fileName = 'traffic.db';

/** Routes in front of the versions: what chooses, what counts, what copies. */
export function connectRoutes(parts: ConnectRoutesParts): ConnectedRoutes {
  const { direct, load, stateFolder, onBroken, clock } = parts;
  const ledger = new TrafficLedger(() => openStore(stateFolder, clock.now(), onBroken), clock);
  const targets = new RouteTargets(parts);
  const tasks = new RouteTasks(async (model, version) => {
    if (!parts.manager.isAvailable({ name: model, version }))
      throw servableNotFound(specific(model, version));
    return direct.describe(model, version); // and never loads it only to look at it
  });
  const routes: EngineRoutes = new EngineRoutes({ ...parts, targets, tasks, ledger }, () => inference);
  const shadows = new RouteShadows({ ledger, load, clock });
  const inference = new RoutedInference({
    direct,
    router: () => routes.router,
    targets,
    ledger,
    shadows,
    clock,
  });
  return {
    routes,
    inference,
    closeRoutes: async () => {
      await shadows.close();
      await routes.close();
    },
  };
}

async function openStore(
  stateFolder: string | null,
  nowMs: number,
  onBroken: (file: string) => void,
): Promise<TrafficStore> {
  if (stateFolder === null) return TrafficStore.open(':memory:');
  const path = join(stateFolder, fileName);
  try {
    return await TrafficStore.open(path);
  } catch {
    // Routes must work whatever is wrong with it: it is kept for a look, and counting begins anew.
    await setAside(path, nowMs);
    onBroken(fileName);
    // Where the folder takes no file at all, what is counted ends with this run.
    return TrafficStore.open(path).catch(() => TrafficStore.open(':memory:'));
  }
}
