import { z } from 'zod';
import { wireErrorSchema } from './error';
import { idleUnloadMsSchema, loadedSchema } from './loading';
import { batchCountSchema, runningSettingsSchema, warmedUpSchema } from './running';

/** A model's name: what stands in `/v1/models/NAME`. */
export const modelNameSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^/:\p{Cc}]+$/u);
/** What a label may be called: it stands where a model's name does, in a URL. */
export const labelNameSchema = modelNameSchema;
/** A version number: what a folder is called. Up to 15 digits, so that it is an exact JavaScript number. */
export const versionNumberSchema = z.int().nonnegative().max(999_999_999_999_999);

/** Which of the versions on disk are wanted. Source: TensorFlow Serving, `ServableVersionPolicy`. */
export const versionPolicySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latest'), count: z.int().positive() }),
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('specific'), versions: z.array(versionNumberSchema) }),
]);
export type VersionPolicy = z.infer<typeof versionPolicySchema>;

/** How the manager goes from one version to the next: two at once for a moment, or a gap. */
export const switchingSchema = z.enum(['availabilityPreserving', 'resourcePreserving']);
export type Switching = z.infer<typeof switchingSchema>;

/** Where a version is in its life, in the words of the page (ux.md §5). */
export const lifecycleSchema = z.enum([
  'onDisk',
  'waiting',
  'loading',
  'available',
  'unloading',
  'unloaded',
  'failed',
]);
export type Lifecycle = z.infer<typeof lifecycleSchema>;

/** Main memory that a load needs, what of it is free, and how much there is in all. */
export const memoryShortageSchema = z.strictObject({
  needBytes: z.number(),
  freeBytes: z.number(),
  totalBytes: z.number(),
});

export const versionSchema = z.strictObject({
  version: versionNumberSchema,
  lifecycle: lifecycleSchema,
  /** Is it in the aspired set: does the policy, or a person's hand, ask for it? */
  isAspired: z.boolean(),
  /** Set when a person loaded or unloaded this version against the policy. */
  override: z.enum(['load', 'unload']).nullable(),
  isOnDisk: z.boolean(),
  /** Does a request load it if it is not loaded? */
  loadsOnRequest: z.boolean(),
  /** Does it stay in memory once it is loaded on demand? */
  isPinned: z.boolean(),
  /** The loader harness's state, as TensorFlow Serving names it; null when no harness exists. */
  harness: z.string().nullable(),
  /** Milliseconds since the epoch at which `lifecycle` became what it is. */
  sinceMs: z.number(),
  error: wireErrorSchema.nullable(),
  sizeBytes: z.number().nonnegative(),
  /** Resident memory of the runner that holds it; null while none does. */
  residentBytes: z.number().nonnegative().nullable(),
  /** What loading is expected to take: an earlier measurement of the same content, else a forecast. */
  estimatedBytes: z.number().nonnegative().nullable(),
  loadMs: z.number().nonnegative().nullable(),
  inFlight: z.int().nonnegative(),
  /** Runs since it was loaded by the number of examples in them, smallest first; empty while nothing ran. */
  batches: z.array(batchCountSchema),
  /** Of the requests in flight, those that wait for their run, as last reported. */
  queued: z.int().nonnegative(),
  /** Null while it is not loaded, or was not warmed up. */
  warmedUp: warmedUpSchema.nullable(),
  /** The try under way or last made, 1-based. */
  attempt: z.int().nullable(),
  maxAttempts: z.int().nullable(),
  nextAttemptAtMs: z.number().nullable(),
  waitingFor: memoryShortageSchema.nullable(),
  /** Do the files differ from those that were loaded? */
  isChangedOnDisk: z.boolean(),
  /** Was it loaded from other content than before, without a person having asked for what was there? */
  isOtherContent: z.boolean(),
  /** SHA-256 of the content that it was last loaded from and that nobody has to look at; null when none is known. */
  contentHash: z.string().nullable(),
});
export type Version = z.infer<typeof versionSchema>;

/** Is it loaded, or loaded by the request that asks it? */
export const canAnswer = ({
  lifecycle,
  loadsOnRequest,
}: Pick<Version, 'lifecycle' | 'loadsOnRequest'>): boolean =>
  lifecycle === 'available' || (loadsOnRequest && lifecycle !== 'failed');

export const modelSchema = z.strictObject({
  name: modelNameSchema,
  platform: z.string(),
  /** For people only: the folder, with the home folder as `~`. */
  displayPath: z.string(),
  policy: versionPolicySchema,
  switching: switchingSchema,
  /** Never unload the last good version because its folder vanished. */
  keepLastGood: z.boolean(),
  /** Are the versions that its policy asks for loaded always, or when they are asked? */
  loaded: loadedSchema,
  idleUnloadMs: idleUnloadMsSchema,
  /** How its versions are run, where somebody has set it. */
  running: runningSettingsSchema,
  labels: z.array(
    z.strictObject({
      label: z.string(),
      /** Where it is to point. */
      version: versionNumberSchema,
      /** Where it points until `version` is available; null when it points nowhere yet. The same as `version` when not pending. */
      appliedVersion: versionNumberSchema.nullable(),
      isPending: z.boolean(),
    }),
  ),
  /** Newest first. */
  versions: z.array(versionSchema),
  /** Has anybody looked into its folder yet? Before, nothing is known of its versions. */
  isLookedAt: z.boolean(),
  /** What is wrong with the model as a whole, such as its folder being gone. */
  problem: wireErrorSchema.nullable(),
  isSample: z.boolean(),
  /** Are its files copies that Slipway made and may delete? */
  holdsCopies: z.boolean(),
  lastUsedAtMs: z.number().nullable(),
});
export type Model = z.infer<typeof modelSchema>;

export const memorySchema = z.strictObject({
  /** What the person allows for models. */
  budgetBytes: z.number(),
  /** Measured in the runners. */
  usedBytes: z.number(),
  /** Set aside for loads under way. */
  reservedBytes: z.number(),
});
export type Memory = z.infer<typeof memorySchema>;

export const modelsSnapshotSchema = z.strictObject({
  revision: z.int(),
  models: z.array(modelSchema),
  memory: memorySchema,
});
/** Whole models that changed since the last message, coalesced; `revision` rises by one with every message. */
export const modelsChangeSchema = z.strictObject({
  revision: z.int(),
  changed: z.array(modelSchema),
  removed: z.array(modelNameSchema),
  memory: memorySchema,
});
export type ModelsSnapshot = z.infer<typeof modelsSnapshotSchema>;
export type ModelsChange = z.infer<typeof modelsChangeSchema>;

/** One thing found in what a person dropped or chose. */
export const offerItemSchema = z.discriminatedUnion('kind', [
  /** A folder with numbered version folders. */
  z.strictObject({
    kind: z.literal('model'),
    id: z.string(),
    source: z.string(),
    name: z.string(),
    /** Newest first. */
    versions: z.array(versionNumberSchema),
    sizeBytes: z.number(),
    /** What loading each of `versions` is expected to take. */
    memoryBytes: z.array(z.number()),
  }),
  /** A single version folder, a lone model file or an archive: it can become a model, or the next version of one. */
  z.strictObject({
    kind: z.literal('version'),
    id: z.string(),
    source: z.string(),
    name: z.string(),
    sizeBytes: z.number(),
    /** What loading it is expected to take. */
    memoryBytes: z.number(),
    /** Models that could take it as their next version, likeliest first. */
    targets: z.array(
      z.strictObject({
        model: modelNameSchema,
        nextVersion: versionNumberSchema,
        /** By its name or its files it seems to be the same model. */
        isLike: z.boolean(),
      }),
    ),
  }),
  z.strictObject({ kind: z.literal('refused'), id: z.string(), source: z.string(), error: wireErrorSchema }),
]);
export type OfferItem = z.infer<typeof offerItemSchema>;
export const offerSchema = z.strictObject({ ticket: z.string(), items: z.array(offerItemSchema) });
export type Offer = z.infer<typeof offerSchema>;

/** So many of the last actions can be taken back. */
export const undoLimit = 50;

/** Tokens of what can be taken back, oldest first. A program's changes over the network are no person's to take back by accident. */
export const undoableActionsSchema = z.strictObject({
  byPerson: z.array(z.string()),
  /** Each stands in the event of its change too, as `params.undo`. */
  byProgram: z.array(z.string()),
});
export type UndoableActions = z.infer<typeof undoableActionsSchema>;
/** What was taken back: the kind of the event that recorded it, and the models that it was about. */
export const takenBackSchema = z.strictObject({ action: z.string(), models: z.array(modelNameSchema) });
export type TakenBack = z.infer<typeof takenBackSchema>;

/** What to do with one offered item. */
export const addChoiceSchema = z.discriminatedUnion('as', [
  z.strictObject({ id: z.string(), as: z.literal('model'), name: modelNameSchema }),
  z.strictObject({ id: z.string(), as: z.literal('nextVersion'), model: modelNameSchema }),
]);
export type AddChoice = z.infer<typeof addChoiceSchema>;
export const addResultSchema = z.strictObject({
  added: z.array(
    z.strictObject({ id: z.string(), model: modelNameSchema, version: versionNumberSchema.nullable() }),
  ),
  refused: z.array(z.strictObject({ id: z.string(), error: wireErrorSchema })),
  undo: z.string().nullable(),
});

/** One consequence of a changed policy, in the order in which it will happen. */
export const planStepSchema = z.strictObject({
  version: versionNumberSchema,
  action: z.enum(['load', 'unload', 'keep']),
  /** Memory it takes or frees. */
  bytes: z.number().nullable(),
  /** Does it wait until another version has gone? */
  afterVersion: versionNumberSchema.nullable(),
  /** Set on a load that will be refused: there is no room for it at that moment. A later step may try it again. */
  refusal: memoryShortageSchema.nullable(),
});
/** `keep` stands first, for each version that is available before and after. */
export const planSchema = z.strictObject({
  steps: z.array(planStepSchema),
  /** The most that is charged at any moment, the present one included: never more than the budget, unless it is so now. */
  peakBytes: z.number(),
  budgetBytes: z.number(),
  /** Will there be a moment, or from then on only moments, with no available version? */
  hasGap: z.boolean(),
});
export type Plan = z.infer<typeof planSchema>;

export const eventSchema = z.strictObject({
  id: z.int(),
  atMs: z.number(),
  model: z.string(),
  version: versionNumberSchema.nullable(),
  /** What happened: a lifecycle state reached, or an action of a person or of the configuration. */
  kind: z.enum([
    'onDisk',
    'waiting',
    'loading',
    'available',
    'unloading',
    'unloaded',
    'failed',
    'retrying',
    'gone',
    'changedOnDisk',
    'wanted',
    'notWanted',
    'modelAdded',
    'modelRemoved',
    'policyApplied',
    'settingChanged',
    'labelSet',
    'labelRemoved',
    'loadRequested',
    'unloadRequested',
    'retryRequested',
    'pinned',
    'unpinned',
    'preprocessingSet',
    'classNamesSet',
    'undone',
    'runnerExited',
    /** Of routes: `model` is the route's name, and `params.split` what everyone gets from then on. */
    'routeAdded',
    'routeChanged',
    'routeRemoved',
    /** `params.arm` gets nothing, or its part, from then on. */
    'armStopped',
    'armStarted',
    /** A damaged file of ours was kept aside and a new one begun; `params.file` names it. */
    'fileSetAside',
    /** A run began with `params.models` models, as they were when the last one ended, and nothing loaded. */
    'started',
    /** What a loaded version was loaded from: `params.hash` is the SHA-256 of its content. */
    'contentRecorded',
    /** It was loaded from other content than before, `params.hash`, which nobody had asked for. */
    'contentReplaced',
    /** What was to run it, `params.asked`, cannot: `params.used` does. */
    'providerFellBack',
  ]),
  /** Who or what asked for it, or which rule decided. */
  cause: z.enum([
    'person',
    'policy',
    /** Somebody asked a version that was not loaded. */
    'request',
    /** Nobody has asked it for a while. */
    'idle',
    'fileSystem',
    'content',
    'runner',
    'memory',
    'configuration',
    'start',
  ]),
  params: z.record(z.string(), z.string()),
  error: wireErrorSchema.nullable(),
});
export type ModelEvent = z.infer<typeof eventSchema>;
