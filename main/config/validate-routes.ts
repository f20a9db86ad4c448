import type { Route } from '../../app/contract/routes';
import { problemPlace, problemText } from '../traffic/problem-text';
import { validateRoute } from '../traffic/validate-route';
import { configError } from './config-error';
import type { ModelConfig } from './config-schema';

/**
 * Checks what can be checked of a configuration's routes before anything is loaded: that names are unique, arms lead to what the
 * configuration names, weights sum to 100. Throws CONFIG_INVALID.
 */
export function validateRoutes(
  routes: readonly Route[],
  models: ReadonlyMap<string, Pick<ModelConfig, 'labels'>>,
): void {
  const byName = new Map<string, Route>();
  for (const [index, route] of routes.entries()) {
    if (byName.has(route.name)) throw configError(`routes[${index}]`, `the name ${route.name} is used twice`);
    byName.set(route.name, route);
  }
  for (const [index, route] of routes.entries()) {
    const known = {
      model: (name: string) => {
        const model = models.get(name);
        return model && { versions: null, labels: Object.keys(model.labels) };
      },
      route: (name: string) => (name === route.name ? undefined : byName.get(name)),
      task: () => null,
    };
    const problem = validateRoute(route, known, null).find(({ severity }) => severity === 'error');
    if (problem) throw configError(`routes[${index}].${problemPlace(problem)}`, problemText(problem));
  }
}
