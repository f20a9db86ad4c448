import { z } from 'zod';
import { routeSchema } from '../../app/contract/routes';

/** A route as it is kept. */
export const routeEntrySchema = z.strictObject({
  route: routeSchema,
  /** When arms, rules, split or key became what they are: counts begin there. */
  appliedAtMs: z.number(),
});
export type RouteEntry = z.infer<typeof routeEntrySchema>;
