/** The keys in a text, one a line; each once, without the space around it. */
export const keysOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(/\r\n|\r|\n/u)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
];

/** The text with one more key, unless it is there. */
export function withKey(text: string, key: string): string {
  if (keysOf(text).includes(key)) return text;
  return text.trim() === '' ? key : `${text.trimEnd()}\n${key}`;
}
