import { z } from 'zod';
import { classificationSchema } from './inference';
import { modelNameSchema } from './models';
import { pictureSchema } from './pictures';
import { figuresWindowSchema, routeFiguresSchema, routeRateSchema } from './route-figures';
import {
  armIdSchema,
  decisionSchema,
  differingAnswerSchema,
  dryRunSchema,
  outcomeSchema,
  routeDraftSchema,
  routePreviewSchema,
  routeSchema,
  routesChangeSchema,
  routesSnapshotSchema,
} from './routes';

const undoable = z.strictObject({ undo: z.string().nullable() });
const routeRef = z.strictObject({ route: modelNameSchema });
/** `replaces` is the route that the draft is a change of; null for a new one. */
const draftOf = z.strictObject({ draft: routeDraftSchema, replaces: modelNameSchema.nullable() });

/** The calls about routes, for `callSpecs`. What changes something answers with a token that `models.undo` takes. */
export const routeCalls = {
  'routes.list': { input: z.void(), output: routesSnapshotSchema },
  /** What a draft would be, and what is wrong with it. Never refuses. */
  'routes.preview': { input: draftOf, output: routePreviewSchema },
  /** Sends what was recorded of late through a draft, valid or not: what has no arm is unanswered. */
  'routes.dryRun': {
    input: draftOf.extend({ sinceMs: z.number().optional() }),
    output: dryRunSchema,
  },
  /** As a whole or not at all: ROUTE_INVALID with the first problem, ROUTE_NOT_FOUND, MODEL_NAME_TAKEN. A route keeps its name. */
  'routes.save': {
    input: z.strictObject({ route: routeSchema, replaces: modelNameSchema.nullable() }),
    output: undoable,
  },
  'routes.remove': { input: routeRef, output: undoable },
  /** In one step, without a draft. */
  'routes.stopArm': {
    input: routeRef.extend({ arm: armIdSchema, isStopped: z.boolean() }),
    output: undoable,
  },
  'routes.switchShadow': { input: routeRef.extend({ isOn: z.boolean() }), output: undoable },
  'routes.figures': { input: routeRef.extend({ window: figuresWindowSchema }), output: routeFiguresSchema },
  /** Newest first, those before `before` where it is given. */
  'routes.differing': {
    input: routeRef.extend({ before: z.int().optional(), limit: z.int().positive().max(200) }),
    output: z.array(differingAnswerSchema),
  },
  /** Puts the pictures of differing answers among those that the page works with; what is no longer kept is left out. */
  'routes.openDiffering': {
    input: routeRef.extend({ ids: z.array(z.int()).max(100) }),
    output: z.array(z.strictObject({ id: z.int(), picture: pictureSchema })),
  },
  /** What came of an answer; null takes it back. NOT_FOUND for a request id that is not, or no longer, known. */
  'routes.feedback': {
    input: routeRef.extend({ requestId: z.string().max(64), outcome: outcomeSchema.nullable() }),
    output: z.void(),
  },
  /** Asks a route as a client would that sends these headers: counted, and copied to the shadow. */
  'routes.classify': {
    input: routeRef.extend({
      picture: z.string(),
      top: z.int().positive().max(10_000),
      headers: z.record(z.string().max(128), z.string().max(1_024)).optional(),
    }),
    output: z.strictObject({
      requestId: z.string(),
      decision: decisionSchema,
      classification: classificationSchema,
    }),
  },
} as const;

/** What the engine tells about routes by itself, for `feedSpecs`. */
export const routeFeeds = {
  'routes.changed': routesChangeSchema,
  'routes.counted': z.array(routeRateSchema),
} as const;
