import { z } from 'zod';
import { modelNameSchema } from '../../../app/contract/models';
import { routeFiguresSchema } from '../../../app/contract/route-figures';
import {
  armIdSchema,
  dryRunSchema,
  outcomeSchema,
  routeDraftSchema,
  routeProblemSchema,
  routeSchema,
  routeViewSchema,
} from '../../../app/contract/routes';

/** A route as a client sends it: its name stands in the URL already. */
export const routeRequestSchema = routeSchema.extend({ name: modelNameSchema.optional() });
export const routeListSchema = z.strictObject({ routes: z.array(routeViewSchema) });
export const routeAnswerSchema = routeViewSchema.extend({ figures: routeFiguresSchema });
/** What was saved, with what is to be known of it. */
export const routeSavedSchema = z.strictObject({
  route: routeSchema,
  problems: z.array(routeProblemSchema),
});
/** Why a route was refused. */
export const routeRefusedSchema = z.strictObject({
  error: z.string(),
  problems: z.array(routeProblemSchema),
});
export const armRequestSchema = z.strictObject({ arm: armIdSchema });

const textsSchema = z.record(z.string().max(128), z.string().max(1_024));
/** A request that may have come: what can decide about its way. */
export const triedRequestSchema = z.strictObject({
  requestId: z.string().max(64),
  atMs: z.number().default(0),
  headers: textsSchema.default({}),
  token: z.string().nullable().default(null),
  context: textsSchema.default({}),
  parameters: textsSchema.default({}),
  /** Where it went. */
  arm: armIdSchema.nullable().default(null),
});
export const dryRunRequestSchema = z.strictObject({
  /** The route as it would be; the present one when it is left out. */
  route: routeDraftSchema.extend({ name: z.string().max(200).optional() }).optional(),
  /** Of what was recorded, only what came since then. */
  sinceMs: z.number().optional(),
  /** These in the place of what was recorded. */
  requests: z.array(triedRequestSchema).max(100_000).optional(),
});
export const dryRunAnswerSchema = dryRunSchema.extend({ problems: z.array(routeProblemSchema) });

/** What came of one answer. */
export const feedbackSchema = z
  .strictObject({
    /** The `x-request-id` of the answer. */
    requestId: z.string().min(1).max(64),
    /** Null takes it back. */
    outcome: outcomeSchema.nullable().optional(),
    /** What is true: the answer was right when its first class is called so, and wrong otherwise. */
    label: z.string().min(1).max(1_024).optional(),
  })
  .refine(({ outcome, label }) => (outcome === undefined) !== (label === undefined), {
    message: 'Give either outcome or label',
  })
  .meta({ oneOf: [{ required: ['outcome'] }, { required: ['label'] }] }); // the same, for the document
export const feedbackListSchema = z.strictObject({ outcomes: z.array(feedbackSchema).min(1).max(1_000) });
export const feedbackRequestSchema = z.union([feedbackSchema, feedbackListSchema]);
/** Nothing more to say. */
export const doneSchema = z.strictObject({});
