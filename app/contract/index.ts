import { z } from 'zod';
import type { CallName, FeedName } from './channels';
import { endpointCalls, endpointFeeds } from './endpoints';
import { explanationSchema } from './explanation';
import { eventFilterSchema, pastStateSchema } from './history';
import {
  classificationSchema,
  classNamesOfSchema,
  classNamesSchema,
  descriptionSchema,
  inputViewSchema,
  preprocessingRankingSchema,
  preprocessingSchema,
} from './inference';
import { jobCalls, jobFeeds } from './job-calls';
import { loadingSchema } from './loading';
import {
  addChoiceSchema,
  addResultSchema,
  eventSchema,
  labelNameSchema,
  modelNameSchema,
  modelsChangeSchema,
  modelsSnapshotSchema,
  offerSchema,
  planSchema,
  switchingSchema,
  takenBackSchema,
  undoableActionsSchema,
  versionNumberSchema,
  versionPolicySchema,
} from './models';
import { pictureOfferSchema } from './pictures';
import { routeCalls, routeFeeds } from './route-calls';
import { runningSettingsSchema } from './running';
import { appInfoSchema, settingsSchema } from './settings';
import { mostKeys, neighboursSchema, tableRowsSchema } from './tables';

const versionRef = z.strictObject({ model: modelNameSchema, version: versionNumberSchema });
/** A choice about the pictures of a version, made; false when its folder cannot be written to and Slipway keeps it elsewhere. */
const pictureChoice = { description: descriptionSchema, isKeptInFolder: z.boolean() };
/** Every action that changes the models answers with a token that `models.undo` takes; null when nothing changed. */
const undoable = z.strictObject({ undo: z.string().nullable() });
const policyChange = z.strictObject({
  model: modelNameSchema,
  policy: versionPolicySchema,
  switching: switchingSchema,
});

export const callSpecs = {
  'app.info': { input: z.void(), output: appInfoSchema },
  'app.openLink': { input: z.strictObject({ url: z.url() }), output: z.void() },
  'app.copyText': { input: z.strictObject({ text: z.string().max(1_000_000) }), output: z.void() },
  /** Which commands of the page can run now: the native menu greys out its others. */
  'app.setCommands': {
    input: z.strictObject({ available: z.array(z.string().max(100)).max(1_000) }),
    output: z.void(),
  },
  'settings.get': { input: z.void(), output: settingsSchema },
  'settings.set': { input: settingsSchema.partial(), output: settingsSchema },
  'models.list': { input: z.void(), output: modelsSnapshotSchema },
  /** Asks the person; null when they cancel. */
  'models.offerFolder': { input: z.void(), output: offerSchema.nullable() },
  'models.offerFile': { input: z.void(), output: offerSchema.nullable() },
  'models.add': {
    input: z.strictObject({ ticket: z.string(), choices: z.array(addChoiceSchema) }),
    output: addResultSchema,
  },
  'models.addSample': {
    input: z.void(),
    output: z.strictObject({ model: modelNameSchema, undo: z.string().nullable() }),
  },
  'models.remove': {
    /** `deletesCopies`: what Slipway copied is deleted once the removal cannot be taken back any more. */
    input: z.strictObject({ model: modelNameSchema, deletesCopies: z.boolean() }),
    output: undoable,
  },
  'models.load': { input: versionRef, output: undoable },
  'models.unload': { input: versionRef, output: undoable },
  'models.retry': { input: versionRef, output: z.void() },
  'models.cancelLoad': { input: versionRef, output: z.void() },
  'models.previewPolicy': { input: policyChange, output: planSchema },
  'models.applyPolicy': { input: policyChange, output: undoable },
  'models.showFolder': {
    input: z.strictObject({ model: modelNameSchema, version: versionNumberSchema.optional() }),
    output: z.void(),
  },
  'models.rescan': { input: z.strictObject({ model: modelNameSchema }), output: z.void() },
  'models.describe': { input: versionRef, output: descriptionSchema },
  'models.setPreprocessing': {
    /** Null goes back to what was inferred. */
    input: versionRef.extend({ preprocessing: preprocessingSchema.nullable() }),
    output: undoable.extend(pictureChoice),
  },
  'models.classNames': {
    /** Null for the names as they are, a text for what they would be with it. */
    input: versionRef.extend({ text: z.string().max(20_000_000).nullable() }),
    output: classNamesOfSchema,
  },
  'models.setClassNames': {
    /** Null goes back to what was found. */
    input: versionRef.extend({ names: classNamesSchema.nullable() }),
    output: undoable.extend(pictureChoice),
  },
  'models.events': {
    input: eventFilterSchema,
    /** Newest first. */
    output: z.array(eventSchema),
  },
  'models.pastState': {
    /** The moment is over with the last event of that millisecond. */
    input: z.strictObject({ model: modelNameSchema, atMs: z.number() }),
    output: pastStateSchema,
  },
  'models.explain': { input: versionRef, output: explanationSchema },
  'models.setLabel': {
    /** Null takes the label away. */
    input: z.strictObject({
      model: modelNameSchema,
      label: labelNameSchema,
      version: versionNumberSchema.nullable(),
    }),
    output: undoable,
  },
  'models.setKeepLastGood': {
    input: z.strictObject({ model: modelNameSchema, keepLastGood: z.boolean() }),
    output: undoable,
  },
  /** Whether the versions that the policy asks for are loaded always, or when they are asked. */
  'models.setLoading': {
    input: loadingSchema.extend({ model: modelNameSchema }),
    output: undoable,
  },
  /** Whether a version stays in memory once it is loaded on demand. */
  'models.setPinned': { input: versionRef.extend({ isPinned: z.boolean() }), output: undoable },
  /** The tokens that `models.undo` takes, oldest first: also those of earlier runs. */
  'models.undoable': { input: z.void(), output: undoableActionsSchema },
  'models.undo': { input: z.strictObject({ undo: z.string() }), output: takenBackSchema },
  /** All of them: what is absent has its default again. Versions that are loaded are loaded anew where that is needed. */
  'models.setRunning': {
    input: z.strictObject({ model: modelNameSchema, running: runningSettingsSchema }),
    output: undoable,
  },
  'pictures.choose': { input: z.void(), output: pictureOfferSchema.nullable() },
  'pictures.put': {
    input: z.strictObject({ name: z.string(), bytes: z.instanceof(Uint8Array) }),
    output: pictureOfferSchema,
  },
  'pictures.samples': { input: z.void(), output: pictureOfferSchema },
  'inference.classify': {
    input: versionRef.extend({ picture: z.string(), top: z.int().positive().max(10_000) }),
    output: classificationSchema,
  },
  'inference.viewInput': {
    input: versionRef.extend({
      picture: z.string(),
      channel: z.enum(['all', '0', '1', '2']),
      /** Look through other settings than the kept ones, before keeping them. */
      preprocessing: preprocessingSchema.optional(),
    }),
    output: inputViewSchema,
  },
  /** Tries the usual ways to prepare pictures on some whose classes are known. */
  'inference.rankPreprocessings': {
    input: versionRef.extend({
      pictures: z
        .array(z.strictObject({ picture: z.string(), label: z.int().nonnegative() }))
        .min(1)
        .max(200),
    }),
    output: preprocessingRankingSchema,
  },
  'inference.lookup': {
    input: versionRef.extend({ keys: z.array(z.string().max(100_000)).max(mostKeys) }),
    output: tableRowsSchema,
  },
  'inference.nearest': {
    input: versionRef.extend({ to: z.string(), count: z.int().positive().max(1_000) }),
    output: neighboursSchema,
  },
  ...endpointCalls,
  ...routeCalls,
  ...jobCalls,
} satisfies Record<CallName, { input: z.ZodType; output: z.ZodType }>;

export const feedSpecs = {
  'models.changed': modelsChangeSchema,
  'events.appended': z.array(eventSchema),
  'settings.changed': settingsSchema,
  /** A menu item, a shortcut of the system or a second launch asks the page to run a command of its registry. */
  'command.requested': z.strictObject({ id: z.string() }),
  /** Folders given to the app from outside the page: a second launch, "open with", the dock. */
  'drop.offered': offerSchema,
  ...endpointFeeds,
  ...routeFeeds,
  ...jobFeeds,
} satisfies Record<FeedName, z.ZodType>;

export type In<K extends CallName> = z.infer<(typeof callSpecs)[K]['input']>;
export type Out<K extends CallName> = z.infer<(typeof callSpecs)[K]['output']>;
export type Payload<K extends FeedName> = z.infer<(typeof feedSpecs)[K]>;
export type Handlers = { readonly [K in CallName]: (input: In<K>) => Promise<Out<K>> };
