import type { Arm } from '../../app/contract/routes';
import { isInferenceServable } from '../platforms/inference-servable';
import { latest, type ServableRequest, specific } from '../serving/manager';
import type { LabelSnapshot } from '../serving/servable-labels';
import type { StreamManager } from '../serving/stream-manager';
import type { Leaf, Targets } from '../traffic/router';

export interface RouteTargetsParts {
  readonly manager: Pick<StreamManager, 'look' | 'isAvailable' | 'isOnDemand' | 'target' | 'isCoolingDown'>;
  readonly labels: { snapshot(name: string): readonly LabelSnapshot[] };
}

/** What arms lead to, as the manager has it at this moment: cheap enough to be asked for every request, and a look holds nothing. */
export class RouteTargets implements Targets {
  readonly #parts: RouteTargetsParts;

  constructor(parts: RouteTargetsParts) {
    this.#parts = parts;
  }

  find(target: Pick<Arm, 'model' | 'version' | 'label'>): Leaf | null {
    const request = this.#requestOf(target);
    const found = request && this.#parts.manager.look(request);
    if (!found) return request && this.#loadedOnRequest(request);
    if (!isInferenceServable(found.servable)) return null;
    const { id, servable } = found;
    return { model: id.name, version: id.version, waiting: servable.inFlight };
  }

  /** What would be loaded for it; null for what has failed, so that another arm steps in. */
  #loadedOnRequest(request: ServableRequest): Leaf | null {
    const { manager } = this.#parts;
    const id = manager.isOnDemand(request.name) ? manager.target(request) : undefined;
    return id && !manager.isCoolingDown(id) ? { model: id.name, version: id.version, waiting: 0 } : null;
  }

  /** Null for a label that the model does not have. */
  #requestOf({ model, version, label }: Pick<Arm, 'model' | 'version' | 'label'>): ServableRequest | null {
    if (version !== null) return specific(model, version);
    if (label === null) return latest(model);
    const found = this.#parts.labels.snapshot(model).find((it) => it.label === label);
    return found ? specific(model, found.appliedVersion ?? found.version) : null;
  }
}
