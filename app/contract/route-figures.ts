import { z } from 'zod';
import { modelNameSchema } from './models';
import { armIdSchema, shareSchema } from './routes';

/** How busy routes are: told once a second while there is something to tell, and once more when it has ended. */
export const routeRateSchema = z.strictObject({
  route: modelNameSchema,
  /** Over the last ten seconds. */
  requestsPerSecond: z.number().nonnegative(),
  /** Since it was applied. */
  requests: z.int().nonnegative(),
});
export type RouteRate = z.infer<typeof routeRateSchema>;

const countsShape = {
  requests: z.int().nonnegative(),
  /** Of these, how many ended in an error. */
  failed: z.int().nonnegative(),
  /** Milliseconds, of those that were answered; null without any. Within 4 % of the true value. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
};

export const armFiguresSchema = z.strictObject({
  arm: armIdSchema,
  ...countsShape,
  /** Requests that wait now for the version it leads to, whoever asked. */
  waiting: z.int().nonnegative(),
  /** Of these, how many came since another arm was not available. */
  fellBack: z.int().nonnegative(),
  /** Of these, how many came since another arm's queue was long. */
  overflowed: z.int().nonnegative(),
  /** Mean probability of the first class, and of how many answers; null where there are no classes. */
  confidence: z.strictObject({ mean: z.number(), count: z.int().positive() }).nullable(),
  /** What people and programs said of its answers. */
  outcomes: z.strictObject({ right: z.int().nonnegative(), wrong: z.int().nonnegative() }),
});
export type ArmFigures = z.infer<typeof armFiguresSchema>;

/**
 * Is the split kept? Of the `of` requests that a split decided, it chose `arm` for `got`, whether or not another had to step in. Where
 * chance alone decides, 95 of 100 times the share lies between `low` and `high` (0 to 1): wider where few people send many requests,
 * since these stay together. `isKept` is false beyond what chance does once in a thousand times.
 */
export const splitCheckSchema = z.strictObject({
  /** The rule whose split it is; null for everyone else. */
  rule: armIdSchema.nullable(),
  arm: armIdSchema,
  got: z.int().nonnegative(),
  of: z.int().nonnegative(),
  /** 0 to 1. */
  expected: z.number(),
  low: z.number(),
  high: z.number(),
  isKept: z.boolean(),
});
export type SplitCheck = z.infer<typeof splitCheckSchema>;

export const figuresWindowSchema = z.enum(['5min', '1h']);

/** A route at work. Everything but `series` and `changes` is since it was applied. */
export const routeFiguresSchema = z.strictObject({
  route: modelNameSchema,
  sinceMs: z.number(),
  ...countsShape,
  /** In the order of the route's arms; then those that are gone since and had requests. */
  arms: z.array(armFiguresSchema),
  /** In the order of the rules, then everyone else (null): how many fitted, and where they went. */
  rules: z.array(
    z.strictObject({
      rule: armIdSchema.nullable(),
      requests: z.int().nonnegative(),
      arms: z.array(z.strictObject({ arm: armIdSchema, ...countsShape })),
    }),
  ),
  /** One for each share of each split with requests to judge by. */
  checks: z.array(splitCheckSchema),
  /** Null where the route has none. */
  shadow: z
    .strictObject({
      arm: armIdSchema,
      copied: z.int().nonnegative(),
      /** Copies that were not made since others waited already. */
      dropped: z.int().nonnegative(),
      failed: z.int().nonnegative(),
      /** Of both answers known. */
      compared: z.int().nonnegative(),
      agreed: z.int().nonnegative(),
      differed: z.int().nonnegative(),
      /** How many of those that differ are kept, and can be looked at. */
      kept: z.int().nonnegative(),
    })
    .nullable(),
  /** Requests by arm in equal steps, the oldest first; the last step is not over. */
  series: z.strictObject({
    fromMs: z.number(),
    stepMs: z.int().positive(),
    arms: z.array(z.strictObject({ arm: armIdSchema, requests: z.array(z.int().nonnegative()) })),
  }),
  /** When the route was changed within the window, the oldest first, and everyone else's split from then on. */
  changes: z.array(z.strictObject({ atMs: z.number(), split: z.array(shareSchema) })),
});
export type RouteFigures = z.infer<typeof routeFiguresSchema>;
