import { z } from 'zod';
import { wireErrorSchema } from './error';

/** A picture that main holds for the page. The page shows it by `urls`, and names it by `id` in calls. */
export const pictureSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  bytes: z.number(),
  /** Upright size in pixels, EXIF orientation applied. */
  width: z.int(),
  height: z.int(),
  format: z.string(),
  urls: z.strictObject({
    /** Fit for a page: at most 1,024 pixels a side. */
    view: z.string(),
    /** At most 96 pixels a side. */
    thumb: z.string(),
  }),
});
export type Picture = z.infer<typeof pictureSchema>;

export const pictureOfferSchema = z.strictObject({
  pictures: z.array(pictureSchema),
  refused: z.array(z.strictObject({ name: z.string(), error: wireErrorSchema })),
});
export type PictureOffer = z.infer<typeof pictureOfferSchema>;
