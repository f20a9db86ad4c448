import type { AppError } from '../../app/base/errors';
import type { ServableId } from './servable-id';

/** In the order in which a version passes through them; some may be skipped. Source: TensorFlow Serving, core/servable_state.h. */
export const managerStates = ['start', 'loading', 'available', 'unloading', 'end'] as const;
export type ManagerState = (typeof managerStates)[number];

/** What a manager publishes about one version. A failure is `end` with a health that is not null. */
export interface ServableState {
  readonly id: ServableId;
  readonly managerState: ManagerState;
  readonly health: AppError | null;
}
