/** Markers that say the size: start of a frame, of whatever coding. DHT, JPG and DAC lie among them and are none. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const exif = 0xe1;

/**
 * Width and height of a JPEG as stored, out of its first segments: asking libvips costs a trip through its threads. Undefined for whatever
 * is no JPEG, is damaged, or may have to be turned: libvips tells. The library image-size looks for the next marker after a damaged
 * segment, and so may tell the size of a thumbnail: the picture would be cropped wrongly and nobody would know. Source: ITU-T T.81, B.1.
 */
export function plainJpegSize(
  bytes: Uint8Array,
): { readonly width: number; readonly height: number } | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const wordAt = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || marker === exif) return undefined;
    if (isFrame(marker)) {
      const height = wordAt(at + 5);
      const width = wordAt(at + 7);
      return width > 0 && height > 0 ? { width, height } : undefined;
    }
    const length = wordAt(at + 2);
    if (marker < 0xc0 || length < 2) return undefined; // no segment that may stand before the frame
    at += 2 + length;
  }
  return undefined;
}
