import { z } from 'zod';
import { pictureChangeSchema } from '../../app/contract/inference';
import { idleUnloadMsSchema, loadedSchema } from '../../app/contract/loading';
import { switchingSchema, versionNumberSchema, versionPolicySchema } from '../../app/contract/models';
import { runningSettingsSchema } from '../../app/contract/running';
import { type ModelEntry, modelEntrySchema } from './model-registry';
import { routeEntrySchema } from './route-entry';
import { withSettings } from './running-changes';

const wishSchema = z.enum(['load', 'unload']);

/** One thing that a person sets about a model: as data, so that the way back can be kept across a restart. */
export const entryPatchSchema = z.discriminatedUnion('field', [
  /** A policy is the whole wish: what was loaded or unloaded by hand follows it again. */
  z.strictObject({ field: z.literal('policy'), policy: versionPolicySchema, switching: switchingSchema }),
  /** The way back from a policy: what a person did by hand since then stays. */
  z.strictObject({
    field: z.literal('formerPolicy'),
    policy: versionPolicySchema,
    switching: switchingSchema,
    overrides: z.record(z.string(), wishSchema),
  }),
  z.strictObject({ field: z.literal('keepLastGood'), keepLastGood: z.boolean() }),
  z.strictObject({ field: z.literal('loading'), loaded: loadedSchema, idleUnloadMs: idleUnloadMsSchema }),
  z.strictObject({ field: z.literal('pin'), version: versionNumberSchema, isPinned: z.boolean() }),
  /** Only `settings` are changed; those that `running` leaves out have their defaults again. */
  z.strictObject({
    field: z.literal('running'),
    settings: z.array(runningSettingsSchema.keyof()),
    running: runningSettingsSchema,
  }),
  /** Null takes the label away. */
  z.strictObject({
    field: z.literal('label'),
    label: z.string(),
    version: versionNumberSchema.nullable(),
  }),
  /** Null follows the policy again. */
  z.strictObject({
    field: z.literal('override'),
    version: versionNumberSchema,
    wish: wishSchema.nullable(),
  }),
]);
export type EntryPatch = z.infer<typeof entryPatchSchema>;

export function applyPatch(entry: ModelEntry, patch: EntryPatch): ModelEntry {
  switch (patch.field) {
    case 'policy':
      return { ...entry, policy: patch.policy, switching: patch.switching, overrides: {} };
    case 'formerPolicy': {
      const { policy, switching, overrides } = patch;
      return { ...entry, policy, switching, overrides: { ...overrides, ...entry.overrides } };
    }
    case 'keepLastGood':
      return { ...entry, keepLastGood: patch.keepLastGood };
    case 'loading':
      return { ...entry, loaded: patch.loaded, idleUnloadMs: patch.idleUnloadMs };
    case 'pin': {
      const others = entry.pinned.filter((version) => version !== patch.version);
      return { ...entry, pinned: patch.isPinned ? [...others, patch.version] : others };
    }
    case 'running':
      return { ...entry, running: withSettings(entry.running, patch.running, patch.settings) };
    case 'label':
      return { ...entry, labels: withKey(entry.labels, patch.label, patch.version) };
    case 'override':
      return { ...entry, overrides: withKey(entry.overrides, String(patch.version), patch.wish) };
  }
}

/** What puts back exactly that which `patch` would change, and nothing else. */
export function inverseOf(entry: ModelEntry, patch: EntryPatch): EntryPatch {
  switch (patch.field) {
    case 'policy':
    case 'formerPolicy': {
      const { policy, switching, overrides } = entry;
      return { field: 'formerPolicy', policy, switching, overrides };
    }
    case 'keepLastGood':
      return { field: 'keepLastGood', keepLastGood: entry.keepLastGood };
    case 'loading':
      return { field: 'loading', loaded: entry.loaded, idleUnloadMs: entry.idleUnloadMs };
    case 'pin':
      return { ...patch, isPinned: entry.pinned.includes(patch.version) };
    case 'running':
      return { ...patch, running: withSettings({}, entry.running, patch.settings) };
    case 'label':
      return { ...patch, version: entry.labels[patch.label] ?? null };
    case 'override':
      return { ...patch, wish: entry.overrides[patch.version] ?? null };
  }
}

/** Files that an addition copied in, and what says that they are still those. */
export const copySchema = z.strictObject({
  path: z.string(),
  contentHash: z.string(),
  /** A folder made for it, which goes too once it is empty. */
  madeFolder: z.string().nullable(),
});
export type CopiedVersion = z.infer<typeof copySchema>;

/** How to take back one action. */
export const inverseSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('patch'),
    model: z.string(),
    patch: entryPatchSchema,
    /** The kind of event that is taken back. */
    action: z.string(),
    /** Set when it is about one version. */
    version: versionNumberSchema.nullable(),
  }),
  z.strictObject({
    kind: z.literal('remove'),
    /** With their folders: another model of the same name is not taken away in their place. */
    models: z.array(z.strictObject({ name: z.string(), basePath: z.string() })),
    copies: z.array(copySchema),
  }),
  z.strictObject({
    kind: z.literal('insert'),
    entry: modelEntrySchema,
    /** Its folder is to be deleted once the removal cannot be taken back any more. */
    deletesCopies: z.boolean(),
  }),
  /** Gives what a configuration changed of a model the values from before, and leaves what it did not change. */
  z.strictObject({ kind: z.literal('settings'), before: modelEntrySchema, after: modelEntrySchema }),
  /** Loads or unloads a version of a model that is loaded on demand, without changing what is set. */
  z.strictObject({
    kind: z.literal('memory'),
    model: z.string(),
    version: versionNumberSchema,
    wish: wishSchema,
    /** The kind of event that is taken back. */
    action: z.string(),
  }),
  /** What was set about the pictures of a version before, null for what was not. */
  z.strictObject({
    kind: z.literal('pictures'),
    model: z.string(),
    version: versionNumberSchema,
    change: pictureChangeSchema,
    /** The kind of event that is taken back. */
    action: z.string(),
  }),
  /** Puts a route back to what it was before, null for not there; only while it still is as it was after. */
  z.strictObject({
    kind: z.literal('route'),
    name: z.string(),
    before: routeEntrySchema.nullable(),
    after: routeEntrySchema.nullable(),
    /** The kind of event that is taken back. */
    action: z.string(),
  }),
]);
export type Inverse = z.infer<typeof inverseSchema>;

function withKey<T>(record: Readonly<Record<string, T>>, key: string, value: T | null): Record<string, T> {
  const { [key]: _before, ...others } = record;
  return value === null ? others : { ...others, [key]: value };
}
