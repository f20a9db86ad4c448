import type { Arm } from '../../app/contract/routes';
import { isInferenceServable } from '../platforms/inference-servable';
import type { ServableLook } from '../serving/basic-manager';
import { latest, type ServableRequest, specific } from '../serving/manager';
import type { LabelSnapshot } from '../serving/servable-labels';
import type { Leaf, Targets } from '../traffic/router';

export interface RouteTargetsParts {
  readonly manager: { look(request: ServableRequest): ServableLook | undefined };
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
    if (!found || !isInferenceServable(found.servable)) return null;
    const { id, servable } = found;
    return { model: id.name, version: id.version, waiting: servable.inFlight };
  }

  /** Null for a label that the model does not have. */
  #requestOf({ model, version, label }: Pick<Arm, 'model' | 'version' | 'label'>): ServableRequest | null {
    if (version !== null) return specific(model, version);
    if (label === null) return latest(model);
    const found = this.#parts.labels.snapshot(model).find((it) => it.label === label);
    return found ? specific(model, found.appliedVersion ?? found.version) : null;
  }
}
