import { OctagonAlert, TriangleAlert } from 'lucide-react';
import type { RouteProblem } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import styles from './Problems.module.css';

/** What is not right with a part of the route, beside it: errors keep it from being applied, warnings are only told. */
export function Problems({ problems }: { readonly problems: readonly RouteProblem[] }) {
  const { routeProblem } = useServices();
  if (problems.length === 0) return null;
  return (
    <div>
      {problems.map((problem) => {
        const isError = problem.severity === 'error';
        return (
          <p
            key={`${problem.code} ${problem.place.join(' ')}`}
            role={isError ? 'alert' : undefined}
            className={classes(styles['problem'], isError && styles['error'])}
          >
            <Icon of={isError ? OctagonAlert : TriangleAlert} size={14} />
            <span>{routeProblem(problem)}</span>
          </p>
        );
      })}
    </div>
  );
}

/** The text for a field of a problem at its place; null without one. */
export function useProblemText(problems: readonly RouteProblem[]): string | null {
  const { routeProblem } = useServices();
  const first = problems[0];
  return first === undefined ? null : routeProblem(first);
}
