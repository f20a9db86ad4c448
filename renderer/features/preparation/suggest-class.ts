/** Letters and digits with single spaces between: `sneaker-1.png` and `Sneaker 1` are the same. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** The class whose name stands in the name of a file, of several the longest; null when none does. Only a suggestion. */
export function suggestClass(fileName: string, classNames: readonly string[]): number | null {
  const file = ` ${plain(fileName.replace(/\.[^.]*$/, ''))} `;
  let best: number | null = null;
  let length = 2; // names of one or two letters stand in too many file names
  for (const [index, name] of classNames.entries()) {
    for (const synonym of [name, ...name.split(/,\s*/)].map(plain)) {
      if (synonym.length <= length || !file.includes(` ${synonym} `)) continue;
      best = index;
      length = synonym.length;
    }
  }
  return best;
}
