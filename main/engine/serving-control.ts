import type { Plan, Switching, VersionPolicy } from '../../app/contract/models';
import type { ServableId } from '../serving/servable-id';
import type { ModelEntry } from './model-registry';

/** What carries out the wishes: source and manager behind one door. */
export interface ServingControl {
  /** Takes a new or changed entry; null removes the model. */
  apply(name: string, entry: ModelEntry | null, isComplete?: boolean): void;
  /** Points its labels where the entry says, before anything else of it is carried out: what is recorded of the change then has them. */
  label(name: string, labels: ModelEntry['labels']): void;
  rescan(name: string): Promise<void>;
  retry(id: ServableId): void;
  reload(id: ServableId): void;
  cancelLoad(id: ServableId): void;
  /** Can a request load it, or has one? */
  isRegistered(id: ServableId): boolean;
  /** Loads or unloads what is loaded on demand, as a person wishes. */
  keepInMemory(id: ServableId, wish: 'load' | 'unload'): void;
  /** Did its load end because it was cancelled? */
  isCancelled(id: ServableId): boolean;
  plan(
    name: string,
    change: { policy: VersionPolicy; switching: Switching; present: readonly number[] },
  ): Promise<Plan>;
}
