import { z } from 'zod';

/** When the versions that a policy asks for are in memory: always, or from the first request until nobody uses them any more. */
export const loadedSchema = z.enum(['always', 'onDemand']);
export type Loaded = z.infer<typeof loadedSchema>;

/** What is loaded on demand is unloaded when nobody has used it for so long; null: only when memory is needed for something else. */
export const idleUnloadMsSchema = z.int().positive().max(2_000_000_000).nullable();
export const defaultIdleUnloadMs = 600_000;

export const loadingSchema = z.strictObject({ loaded: loadedSchema, idleUnloadMs: idleUnloadMsSchema });
/** How a model's versions come into memory, and leave it. */
export type Loading = z.infer<typeof loadingSchema>;
