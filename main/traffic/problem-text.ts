import { routeProblemTexts } from '../../app/contract/messages/routes.en';
import type { RouteProblem } from '../../app/contract/routes';

/** A problem in words. */
export const problemText = ({ code, params }: RouteProblem): string =>
  routeProblemTexts[code].replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? name);

/** Where it is, as programs write it: `rules[0].split[1].weight`. */
export const problemPlace = ({ place }: RouteProblem): string =>
  place
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${part}`))
    .join('');

/** Both, for a log or a program. */
export function problemLine(problem: RouteProblem): string {
  const place = problemPlace(problem);
  return place === '' ? problemText(problem) : `${place}: ${problemText(problem)}`;
}
