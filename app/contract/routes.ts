import { z } from 'zod';
import { labelNameSchema, modelNameSchema, versionNumberSchema } from './models';

/** What an arm is called within its route: it stands in headers and metrics. */
export const armIdSchema = z
  .string()
  .max(32)
  .regex(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/, 'expected lower-case letters, digits, dashes and dots');
/** Parts of a hundred; hundredths count. */
const percentSchema = z.number().min(0).max(100);

/** Where in a request something is read. */
export const attributeSourceSchema = z.enum([
  /** A header of an HTTP request, or metadata of a gRPC call; names in any case. */
  'header',
  /** A member of the object `context` of a JSON body. */
  'context',
  /** A parameter of a request of the Open Inference Protocol. */
  'parameter',
  /** The name of the access token that the client showed. */
  'token',
  /** What the route's `stickyBy` gives. */
  'key',
]);
export type AttributeSource = z.infer<typeof attributeSourceSchema>;

/** One thing of a request. `name` is empty for `token` and `key`, which have none. */
export const attributeSchema = z.strictObject({
  from: attributeSourceSchema,
  name: z.string().max(128).default(''),
});
export type Attribute = z.infer<typeof attributeSchema>;

/**
 * A test of one attribute. What a request lacks fits `isAbsent` and `isNot` only. Texts are compared as they are, numbers of a body as
 * JSON writes them; `atLeast` and `atMost` compare numbers, and fit nothing that is none.
 */
export const conditionSchema = z.strictObject({
  from: attributeSourceSchema,
  name: z.string().max(128).default(''),
  test: z.enum([
    'is',
    'isNot',
    'startsWith',
    'endsWith',
    'contains',
    'isPresent',
    'isAbsent',
    'atLeast',
    'atMost',
  ]),
  /** Any of them will do (for `isNot`: none of them may be it); empty for `isPresent` and `isAbsent`. */
  values: z.array(z.string().max(256)).max(1_000).default([]),
});
export type Condition = z.infer<typeof conditionSchema>;

/** A part of the requests, by weight. The weights of a split sum to 100. */
export const shareSchema = z.strictObject({ arm: armIdSchema, weight: percentSchema });
export type Share = z.infer<typeof shareSchema>;

/** Somewhere that a route can lead. */
export const armSchema = z.strictObject({
  id: armIdSchema,
  /** A model, or another route. */
  model: modelNameSchema,
  /** This version; at most one of `version` and `label`. With neither, the latest that is available. */
  version: versionNumberSchema.nullable().default(null),
  label: labelNameSchema.nullable().default(null),
  /** It gets nothing; its part of every split goes to the others of that split. */
  isStopped: z.boolean().default(false),
});
export type Arm = z.infer<typeof armSchema>;

/** An audience: requests that fit every condition. */
export const ruleSchema = z.strictObject({
  id: armIdSchema,
  /** For people. */
  name: z.string().min(1).max(80),
  when: z.array(conditionSchema).max(16),
  split: z.array(shareSchema).max(16),
});
export type Rule = z.infer<typeof ruleSchema>;

/** Answers in the place of the chosen arm while its queue is long: usually a cheaper version. */
export const overflowSchema = z.strictObject({
  arm: armIdSchema,
  /** From so many requests on that wait for the chosen version. */
  whenWaiting: z.int().min(1).max(100_000),
});

/** Gets copies of requests. Its answers are compared, and never returned. */
export const shadowSchema = z.strictObject({
  arm: armIdSchema,
  percent: percentSchema,
  isOn: z.boolean().default(true),
});

/** Several versions, labels or models of one task under one name, which is called like a model. */
export const routeSchema = z.strictObject({
  name: modelNameSchema,
  arms: z.array(armSchema).max(16),
  /** In order: the first that fits decides. */
  rules: z.array(ruleSchema).max(64).default([]),
  /** Everyone else. */
  split: z.array(shareSchema).max(16),
  /** Who must always get the same arm. Null, and where a request lacks it: each request is on its own. */
  stickyBy: attributeSchema.nullable().default(null),
  /** Who answers when the chosen arm is not available: the first of these that is. */
  fallback: z.array(armIdSchema).max(16).default([]),
  overflow: overflowSchema.nullable().default(null),
  shadow: shadowSchema.nullable().default(null),
});
export type Route = z.infer<typeof routeSchema>;
/** A route as a file or a client writes it: with what differs from the defaults. */
export type NewRoute = z.input<typeof routeSchema>;

/** A route that is being built: its name may be anything yet. */
export const routeDraftSchema = routeSchema.extend({ name: z.string().max(200) });
export type RouteDraft = z.infer<typeof routeDraftSchema>;

/** What can be wrong with a route. The texts are in `messages/routes.en.ts`. */
export const routeProblemCodes = [
  'nameInvalid',
  'nameTaken',
  'noArms',
  'armTwice',
  'armUnknown',
  'versionAndLabel',
  'modelUnknown',
  'versionUnknown',
  'labelUnknown',
  'versionOfRoute',
  'cycle',
  'tooDeep',
  'taskDiffers',
  'classesDiffer',
  'splitEmpty',
  'weightsSum',
  'shareTwice',
  'weightTooFine',
  'allStopped',
  'ruleTwice',
  'ruleWithoutConditions',
  'attributeNameMissing',
  'attributeNameUnfit',
  'attributeSecret',
  'keyWithoutSticky',
  'stickyByKey',
  'valuesMissing',
  'valuesUnfit',
  'valueNoNumber',
  'fallbackTwice',
  // warnings: the route can be applied
  'armUnused',
  'armNotAvailable',
  'classesUnchecked',
  'noFallback',
  'inputsDiffer',
  'shadowServes',
] as const;
export type RouteProblemCode = (typeof routeProblemCodes)[number];

export const routeProblemSchema = z.strictObject({
  code: z.enum(routeProblemCodes),
  /** A route with an error is refused; a warning is only told. */
  severity: z.enum(['error', 'warning']),
  /** Which part of the route it is, such as `['rules', 0, 'split', 1, 'weight']`; empty for all of it. */
  place: z.array(z.union([z.string(), z.int()])),
  /** Fill the text. */
  params: z.record(z.string(), z.string()),
});
export type RouteProblem = z.infer<typeof routeProblemSchema>;

/** Where an arm leads now. */
export const armViewSchema = z.strictObject({
  arm: armIdSchema,
  state: z.enum(['available', 'unavailable', 'stopped']),
  /** What would answer now; null while nothing would. Of a route that leads to a route: what that one falls to first. */
  model: modelNameSchema.nullable(),
  version: versionNumberSchema.nullable(),
});
export type ArmView = z.infer<typeof armViewSchema>;

export const routeViewSchema = z.strictObject({
  route: routeSchema,
  /** In the order of the route's. */
  arms: z.array(armViewSchema),
  /** What is not right with it now, such as an arm that is not loaded. */
  problems: z.array(routeProblemSchema),
  /** When arms, rules, split or key became what they are: counts begin here. */
  appliedAtMs: z.number(),
});
export type RouteView = z.infer<typeof routeViewSchema>;

export const routesSnapshotSchema = z.strictObject({ revision: z.int(), routes: z.array(routeViewSchema) });
export type RoutesSnapshot = z.infer<typeof routesSnapshotSchema>;
/** Whole routes that changed since the last message; `revision` rises by one with every message. */
export const routesChangeSchema = z.strictObject({
  revision: z.int(),
  changed: z.array(routeViewSchema),
  removed: z.array(modelNameSchema),
});
export type RoutesChange = z.infer<typeof routesChangeSchema>;

/** What a draft would be. */
export const routePreviewSchema = z.strictObject({
  problems: z.array(routeProblemSchema),
  /** Of each split, what arms would get once what is stopped is left out (0 to 1): the rules in order, then everyone else (null). */
  expected: z.array(
    z.strictObject({
      rule: armIdSchema.nullable(),
      shares: z.array(z.strictObject({ arm: armIdSchema, share: z.number() })),
    }),
  ),
  /** The part of everyone else (0 to 1) that would get another arm than now; null for a new route. */
  moved: z.number().nullable(),
});
export type RoutePreview = z.infer<typeof routePreviewSchema>;

/** Why a request went where it went. */
export const decisionSchema = z.strictObject({
  arm: armIdSchema,
  /** The rule that fitted; null for everyone else. */
  rule: armIdSchema.nullable(),
  reason: z.enum(['split', 'fallback', 'overflow', 'asked']),
});

export type Decision = z.infer<typeof decisionSchema>;

/** Who would go where: recorded requests, sent through a draft as they would be now, but sent to nobody. */
export const dryRunSchema = z.strictObject({
  /** How many recorded requests there were, and when they came; null without any. */
  requests: z.int().nonnegative(),
  fromMs: z.number().nullable(),
  untilMs: z.number().nullable(),
  /** Requests by arm of the draft; then arms of the present route that the draft lacks. */
  arms: z.array(
    z.strictObject({ arm: armIdSchema, before: z.int().nonnegative(), after: z.int().nonnegative() }),
  ),
  /** Requests that fit each rule of the draft; null for everyone else. */
  rules: z.array(z.strictObject({ rule: armIdSchema.nullable(), requests: z.int().nonnegative() })),
  /** Would go to another arm than they went to. */
  moved: z.int().nonnegative(),
  /** Would find no arm available. */
  unanswered: z.int().nonnegative(),
  /** Would be copied to the shadow. */
  copied: z.int().nonnegative(),
  /** The first of those that would move. */
  examples: z.array(
    z.strictObject({
      requestId: z.string(),
      atMs: z.number(),
      key: z.string().nullable(),
      from: armIdSchema.nullable(),
      to: armIdSchema.nullable(),
      rule: armIdSchema.nullable(),
    }),
  ),
});
export type DryRun = z.infer<typeof dryRunSchema>;

/** The gist of an answer: its first class for each example, or some of its numbers. */
export const answerGistSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('classes'),
    rows: z.array(z.strictObject({ label: z.string(), confidence: z.number() })),
  }),
  z.strictObject({ kind: z.literal('numbers'), values: z.array(z.number().nullable()) }),
]);
export type AnswerGist = z.infer<typeof answerGistSchema>;

const givenAnswerSchema = z.strictObject({
  arm: armIdSchema,
  model: modelNameSchema,
  version: versionNumberSchema,
  gist: answerGistSchema,
});

/** A request that the shadow answered otherwise. */
export const differingAnswerSchema = z.strictObject({
  /** Rises with time. */
  id: z.int(),
  requestId: z.string(),
  atMs: z.number(),
  given: givenAnswerSchema,
  shadow: givenAnswerSchema,
  /** Was it a picture that is kept? Then `routes.openDiffering` gives it. */
  hasPicture: z.boolean(),
});
export type DifferingAnswer = z.infer<typeof differingAnswerSchema>;

export const outcomeSchema = z.enum(['right', 'wrong']);
export type Outcome = z.infer<typeof outcomeSchema>;

/** What is said of an answer: its outcome, null to take it back, or the true label, from which the outcome follows. */
export type Verdict = Outcome | null | { readonly label: string };
export interface Feedback {
  readonly requestId: string;
  readonly verdict: Verdict;
}
