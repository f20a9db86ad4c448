/** Some lists name a class by all its synonyms: "tench, Tinca tinca". The first says enough, where no other class begins with it. */
export type ShortLabel = (label: string) => string;

const known = new WeakMap<object, ShortLabel>();

const firstOf = (label: string): string => label.split(', ', 1)[0] ?? label;

/** `labels` are the classes that must stay apart; the same list gives the same function. */
export function shortenerFor(labels: readonly (string | { readonly label: string })[]): ShortLabel {
  const made = known.get(labels);
  if (made) return made;
  const counts = new Map<string, number>();
  for (const entry of labels) {
    const first = firstOf(typeof entry === 'string' ? entry : entry.label);
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  const shorten: ShortLabel = (label) => {
    const first = firstOf(label);
    return first !== '' && (counts.get(first) ?? 0) <= 1 ? first : label;
  };
  known.set(labels, shorten);
  return shorten;
}
