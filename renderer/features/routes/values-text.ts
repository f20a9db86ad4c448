/** The values of a condition as one line: between commas; one with a comma, a quote or blanks at its ends stands in quotes. */
export const formatValues = (values: readonly string[]): string =>
  values
    .map((value) => (/^$|[,"]|^\s|\s$/u.test(value) ? `"${value.replaceAll('"', '""')}"` : value))
    .join(', ');

const part = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/uy;

/** The values in a line that a person types; what is not finished yet is read as far as it goes. */
export function parseValues(text: string): string[] {
  const values: string[] = [];
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) break;
    const [, quoted, plain = ''] = match;
    if (quoted !== undefined) values.push(quoted.replaceAll('""', '"'));
    else if (plain.trim() !== '') values.push(plain.trim());
  }
  return [...new Set(values)];
}
