import type { Route } from '../../../app/contract/routes';
import type { HeaderLine } from '../../stores/playground';

/** A header that the route looks at, and what it looks for. */
export interface WantedHeader {
  /** In lower case. */
  readonly name: string;
  readonly isKey: boolean;
  /** Names of the audiences that look at it. */
  readonly audiences: readonly string[];
}

/** Every header that decides where a request goes, the key first. */
export function wantedHeaders({ stickyBy, rules }: Pick<Route, 'stickyBy' | 'rules'>): WantedHeader[] {
  const key = stickyBy?.from === 'header' ? stickyBy.name.toLowerCase() : null;
  const found = new Map<string, string[]>();
  if (key !== null) found.set(key, []);
  for (const { name, when } of rules) {
    for (const condition of when) {
      if (condition.from !== 'header' || condition.name === '') continue;
      const header = condition.name.toLowerCase();
      const audiences = found.get(header) ?? [];
      if (!audiences.includes(name)) audiences.push(name);
      found.set(header, audiences);
    }
  }
  return [...found].map(([name, audiences]) => ({ name, isKey: name === key, audiences }));
}

/** Does the route look at something that the Playground does not send? */
export const looksElsewhere = ({ stickyBy, rules }: Pick<Route, 'stickyBy' | 'rules'>): boolean =>
  [...(stickyBy ? [stickyBy] : []), ...rules.flatMap(({ when }) => when)].some(
    ({ from }) => from === 'context' || from === 'parameter' || from === 'token',
  );

export const headerValue = (lines: readonly HeaderLine[], name: string): string =>
  lines.find((line) => line.name.toLowerCase() === name)?.value ?? '';

/** Sets the value of a header that has a line, or gives it one. */
export function withValue(lines: readonly HeaderLine[], name: string, value: string): HeaderLine[] {
  const at = lines.findIndex((line) => line.name.toLowerCase() === name);
  return at === -1 ? [...lines, { name, value }] : lines.with(at, { name, value });
}

/** Source: RFC 9110, §5.6.2 (`token`). */
export const isHeaderName = (name: string): boolean => /^[!#$%&'*+.^_`|~\w-]+$/u.test(name);
