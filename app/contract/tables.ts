import { z } from 'zod';

/** Numbers of 64 bits are texts, so that none loses digits. */
const cellSchema = z.union([
  z.number(),
  z.nan(),
  z.literal([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]),
  z.string(),
]);

/** What a lookup table has for some keys. */
export const tableRowsSchema = z.strictObject({
  /** For the keys that it has, in the order in which they were asked for. */
  rows: z.array(z.strictObject({ key: z.string(), values: z.array(cellSchema) })),
  missing: z.array(z.string()),
});
export type TableRows = z.infer<typeof tableRowsSchema>;

/** Rows that are most like another, best first. */
export const neighboursSchema = z.array(
  z.strictObject({
    key: z.string(),
    /** The cosine of the angle between the two: 1 for the same direction, 0 for a right angle. */
    similarity: z.number(),
  }),
);
export type Neighbours = z.infer<typeof neighboursSchema>;

/** More keys in one go are for programs. */
export const mostKeys = 1_000;
