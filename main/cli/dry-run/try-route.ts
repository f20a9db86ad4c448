import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DryRun, Route } from '../../../app/contract/routes';
import { readConfig } from '../../config/config-file';
import type { ServerConfig } from '../../config/server-config';
import { defaultPlatformNames, validateModels } from '../../config/validate-config';
import { validateRoutes } from '../../config/validate-routes';
import type { LoggedRequest } from '../../endpoints/request-file';
import { readBodyAttributes } from '../../traffic/body-attributes';
import { DryRunner, type RecordedRequest } from '../../traffic/dry-run';
import { plainRequest } from '../../traffic/request-attributes';
import { Router, type Targets } from '../../traffic/router';
import { readLog } from '../replay/read-log';
import { UsageError } from '../usage-error';

export interface TriedLog {
  readonly route: string;
  readonly result: DryRun;
  /** Requests of models that the route does not lead to. */
  readonly skipped: number;
  readonly unreadable: number;
}

/** Without a server nobody knows what is loaded: everything answers. */
const everythingAnswers: Targets = {
  find: ({ model, version }) => ({ model, version: version ?? 0, waiting: 0 }),
};

/**
 * Sends what a log holds through a route of a configuration document. Throws `UsageError` for files that are not there, a document without
 * such a route, and CONFIG_INVALID for one that is not right.
 */
export async function tryRoute(log: string, config: string, name: string | undefined): Promise<TriedLog> {
  const routes = await routesOf(config);
  const route = chosenRoute(routes, name);
  const others = routes.filter((it) => it !== route);
  const router = new Router(routes, everythingAnswers);
  const needs = router.needsBody(route.name);
  const models = modelsOf(route, routes);
  const dry = new DryRunner(route, others, everythingAnswers);
  let skipped = 0;
  let unreadable = 0;
  for await (const request of readLog(log)) {
    if (request === null) unreadable++;
    else if (!models.has(request.model)) skipped++;
    else dry.add(await recordedOf(request, route.name, needs));
  }
  return { route: route.name, result: dry.result(), skipped, unreadable };
}

async function routesOf(path: string): Promise<readonly Route[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`There is no file ${path}`);
  });
  const config: ServerConfig = readConfig(resolve(path), text);
  if (config.kind !== 'list' || config.routes === null)
    throw new UsageError(`${path} is not Slipway’s own document, which alone has routes`);
  const { models } = validateModels(config, defaultPlatformNames);
  validateRoutes(config.routes, models);
  return config.routes;
}

function chosenRoute(routes: readonly Route[], name: string | undefined): Route {
  const [first, second] = routes;
  const found = name === undefined ? first : routes.find((route) => route.name === name);
  if (!found)
    throw new UsageError(name === undefined ? 'The document has no routes' : `It has no route ${name}`);
  if (name === undefined && second)
    throw new UsageError('The document has several routes: say which with --route');
  return found;
}

/** Whatever a client may have asked for and is meant by the route: its own name, and the models and routes that it leads to. */
function modelsOf(route: Route, routes: readonly Route[], known = new Set<string>()): ReadonlySet<string> {
  if (known.has(route.name)) return known;
  known.add(route.name);
  for (const { model } of route.arms) {
    const further = routes.find(({ name }) => name === model);
    if (further) modelsOf(further, routes, known);
    else known.add(model);
  }
  return known;
}

/** The body is at hand, so rules may look into it whatever was looked at then. */
async function recordedOf(
  { requestId, attributes, codec, params, request, atMs, routed }: LoggedRequest,
  route: string,
  needs: { readonly context: boolean; readonly parameters: boolean },
): Promise<RecordedRequest> {
  const said = await readBodyAttributes(codec, request, params, needs);
  return {
    atMs,
    attributes: { ...plainRequest(requestId), ...attributes, ...said },
    arm: routed?.route === route ? routed.arm : null,
  };
}
