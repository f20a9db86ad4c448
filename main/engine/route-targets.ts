import type { Arm } from '../../app/contract/routes';
import { isInferenceServable } from '../platforms/inference-servable';
import { latest, type Manager, type ServableRequest, specific } from '../serving/manager';
import type { ServableId } from '../serving/servable-id';
import type { LabelSnapshot } from '../serving/servable-labels';
import type { Leaf, Targets } from '../traffic/router';

export interface RouteTargetsParts {
  readonly manager: Pick<Manager, 'getServableHandle'> & {
    availableFor(request: ServableRequest): ServableId | undefined;
  };
  readonly labels: { snapshot(name: string): readonly LabelSnapshot[] };
}

/** What arms lead to, as the manager has it at this moment: cheap enough to be asked for every request. */
export class RouteTargets implements Targets {
  readonly #parts: RouteTargetsParts;

  constructor(parts: RouteTargetsParts) {
    this.#parts = parts;
  }

  find(target: Pick<Arm, 'model' | 'version' | 'label'>): Leaf | null {
    const { manager } = this.#parts;
    const request = this.#requestOf(target);
    const id = request && manager.availableFor(request);
    if (!id) return null;
    const handle = manager.getServableHandle(specific(id.name, id.version), isInferenceServable);
    handle.dispose();
    return { model: id.name, version: id.version, waiting: handle.servable.inFlight };
  }

  /** Null for a label that the model does not have. */
  #requestOf({ model, version, label }: Pick<Arm, 'model' | 'version' | 'label'>): ServableRequest | null {
    if (version !== null) return specific(model, version);
    if (label === null) return latest(model);
    const found = this.#parts.labels.snapshot(model).find((it) => it.label === label);
    return found ? specific(model, found.appliedVersion ?? found.version) : null;
  }
}
