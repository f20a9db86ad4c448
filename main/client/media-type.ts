const signatures: readonly (readonly [type: string, at: number, bytes: string])[] = [
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/png', 0, '\x89PNG'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
];

/** The media type of an encoded picture by its first bytes. The server looks for itself, so a wrong guess does no harm. */
export function mediaTypeOf(picture: Uint8Array): string {
  const head = Buffer.from(picture.buffer, picture.byteOffset, Math.min(16, picture.length)).toString(
    'latin1',
  );
  return signatures.find(([, at, bytes]) => head.startsWith(bytes, at))?.[0] ?? 'image/unknown';
}
