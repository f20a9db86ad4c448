import type { RouteProblem } from '../../../app/contract/routes';

export type Place = RouteProblem['place'];

const startsWith = (place: Place, start: Place): boolean => start.every((part, at) => place[at] === part);

/** The problems of a part of the route, and of all that it holds. */
export const problemsUnder = (problems: readonly RouteProblem[], ...place: Place): RouteProblem[] =>
  problems.filter((problem) => startsWith(problem.place, place));

/** The problems that are said at none of these places. */
export const problemsBeside = (problems: readonly RouteProblem[], places: readonly Place[]): RouteProblem[] =>
  problems.filter((problem) => !places.some((place) => startsWith(problem.place, place)));

export const firstError = (problems: readonly RouteProblem[]): RouteProblem | null =>
  problems.find(({ severity }) => severity === 'error') ?? null;
