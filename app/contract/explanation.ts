import { z } from 'zod';
import { wireErrorSchema } from './error';
import { eventSchema } from './models';

/** Why a version is, or is not, loaded: one of these, most decisive first. */
export const explanationReasonSchema = z.enum([
  'available',
  'loading',
  'betweenTries',
  'waitingForMemory',
  'waitingForVersions',
  'waitingForTurn',
  'unloading',
  'failed',
  'cancelled',
  'unusable',
  'stillChanging',
  'notOnDisk',
  'onDemand',
  'onDemandIdle',
  'onDemandMemory',
  'onDemandByPerson',
  'unloadedByPerson',
  'newerWanted',
  'notListed',
  'noneWanted',
  'folderProblem',
]);
export type ExplanationReason = z.infer<typeof explanationReasonSchema>;

/** The answer to "why is this version not loaded?". Its words are in `messages/explanations.en.ts`. */
export const explanationSchema = z.strictObject({
  isLoaded: z.boolean(),
  reason: explanationReasonSchema,
  /** Fill the words; a name that ends in `Bytes` holds a number of bytes, one that ends in `Ms` a time. */
  params: z.record(z.string(), z.string()),
  /** The failure behind it, with words of its own. */
  error: wireErrorSchema.nullable(),
  /** Since when it is so; milliseconds since the epoch. */
  sinceMs: z.number().nullable(),
  /** The event that decided it, where the log still has it. */
  eventId: z.int().nullable(),
  /** Who or what asked for it, by that event. */
  cause: eventSchema.shape.cause.nullable(),
  /** The rule of the serving core that last decided about loading this version; its words are beside the others. */
  rule: z.string().nullable(),
});
export type Explanation = z.infer<typeof explanationSchema>;
