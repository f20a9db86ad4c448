/**
 * How well `query` fits `text`: null when its letters do not occur in order; otherwise higher is better. Whole words and
 * beginnings of words count most, letters that stand together next, so that "unl dig" finds "Unload digits version 2".
 */
export function matchScore(query: string, text: string): number | null {
  const wanted = query.toLocaleLowerCase().replaceAll(/\s+/g, '');
  const given = text.toLocaleLowerCase();
  if (wanted === '') return 0;
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = bestPlace(given, letter, at);
    if (next < 0) return null;
    score += next === at + 1 ? 5 : isWordStart(given, next) ? 4 : 1;
    at = next;
  }
  return score + (given.startsWith(wanted) ? 10 : 0) - given.length / 100;
}

const isWordStart = (text: string, at: number): boolean =>
  at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '');

/** The letter right after the last one, else at the next start of a word, else anywhere after. */
function bestPlace(text: string, letter: string, after: number): number {
  if (after >= 0 && text[after + 1] === letter) return after + 1;
  for (let place = text.indexOf(letter, after + 1); place >= 0; place = text.indexOf(letter, place + 1)) {
    if (isWordStart(text, place)) return place;
  }
  return text.indexOf(letter, after + 1);
}
