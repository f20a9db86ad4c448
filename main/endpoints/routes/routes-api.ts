import { z } from 'zod';
import { AppError } from '../../../app/base/errors';
import {
  type RouteDraft,
  type RouteProblem,
  type RouteView,
  routeSchema,
} from '../../../app/contract/routes';
import { problemLine } from '../../traffic/problem-text';
import type { TokenScope } from '../auth/token-scope';
import type { FindRoute, HttpCall, HttpReply, HttpRoute } from '../http/http-call';
import { conforming, readJson } from '../http/json-body';
import { jsonReply, jsonType } from '../http/replies';
import type { InferencePort, RoutesPort } from '../inference-port';
import { clientError } from '../statuses';
import {
  armRequestSchema,
  dryRunRequestSchema,
  feedbackListSchema,
  feedbackSchema,
  routeRequestSchema,
} from './routes-messages';
import { parseRoutesUrl, type RoutesUrl } from './routes-url';

type OfRoute = Exclude<RoutesUrl, { kind: 'list' }>;
interface Action {
  readonly api: string;
  readonly scope: TokenScope;
  readonly handle: (routes: RoutesPort, asked: OfRoute, call: HttpCall) => Promise<HttpReply>;
}

const badRequestStatus = 400;
const maxBodyBytes = 2 ** 20;
/** A hundred thousand requests that are tried. */
const maxTriedBytes = 16 * 2 ** 20;

/** Routes over HTTP: what is set, what came of it, and what people say of the answers. */
export function createRoutesApi({ routes }: Pick<InferencePort, 'routes'>): FindRoute {
  return (method, url): HttpRoute | null => {
    const asked = parseRoutesUrl(method, url);
    if (!asked) return null;
    if (asked.kind === 'list')
      return {
        api: 'ListRoutes',
        model: '',
        scope: 'read',
        handle: async () => jsonReply({ routes: routes.snapshot().routes }),
      };
    const { api, scope, handle } = actions[asked.kind];
    return { api, model: asked.route, scope, handle: (call) => handle(routes, asked, call) };
  };
}

const actions: Readonly<Record<OfRoute['kind'], Action>> = {
  read: {
    api: 'GetRoute',
    scope: 'read',
    handle: async (routes, { route, query }) => {
      const view = found(routes, route);
      const window = new URLSearchParams(query).get('window') ?? '5min';
      if (window !== '5min' && window !== '1h') throw badRequest('window is 5min or 1h');
      return jsonReply({ ...view, figures: await routes.figures(route, window) }, { model: route });
    },
  },
  save: {
    api: 'SaveRoute',
    scope: 'admin',
    handle: async (routes, { route: name }, call) => {
      const { name: given = name, ...rest } = await readJson(call, routeRequestSchema, maxBodyBytes);
      if (given !== name) throw badRequest(`The body names the route ${given}, the URL ${name}`);
      const route = routeSchema.parse({ ...rest, name });
      const replaces = routes.get(name) ? name : null;
      const { problems } = await routes.preview(route, replaces);
      if (problems.some(({ code }) => code === 'nameTaken'))
        throw new AppError('MODEL_NAME_TAKEN', { model: name }, { detail: `${name} is the name of a model` });
      if (problems.some(({ severity }) => severity === 'error')) return refused(name, problems);
      await routes.save(route, replaces);
      return jsonReply({ route, problems }, { model: name });
    },
  },
  remove: {
    api: 'RemoveRoute',
    scope: 'admin',
    handle: async (routes, { route }) => {
      await routes.remove(route);
      return jsonReply({}, { model: route });
    },
  },
  stop: stopping('StopArm', true),
  start: stopping('StartArm', false),
  dryRun: {
    api: 'DryRunRoute',
    scope: 'read',
    handle: async (routes, { route: name }, call) => {
      const { route, sinceMs, requests } = await readJson(call, dryRunRequestSchema, maxTriedBytes);
      const replaces = routes.get(name) ? name : null;
      const draft: RouteDraft = route ? { ...route, name } : found(routes, name).route;
      const recorded = requests?.map(({ atMs, arm, ...attributes }) => ({ atMs, arm, attributes }));
      const { problems } = await routes.preview(draft, replaces);
      const result = await routes.dryRun(draft, replaces, sinceMs, recorded);
      return jsonReply({ ...result, problems }, { model: name });
    },
  },
  feedback: {
    api: 'RouteFeedback',
    scope: 'infer',
    handle: async (routes, { route }, call) => {
      const body = await readJson(call, z.unknown(), maxBodyBytes);
      const isList = typeof body === 'object' && body !== null && 'outcomes' in body;
      const said = isList
        ? conforming(feedbackListSchema, body).outcomes
        : [conforming(feedbackSchema, body)];
      const failures = await routes.feedbackAll(
        route,
        said.map(({ requestId, outcome = null, label }) => ({
          requestId,
          verdict: label === undefined ? outcome : { label },
        })),
      );
      if (!isList && failures[0]) throw failures[0];
      const refused = said.flatMap(({ requestId }, at) => {
        const failure = failures[at];
        return failure ? [{ requestId, error: clientError(failure).message }] : [];
      });
      return jsonReply({ taken: said.length - refused.length, refused }, { model: route });
    },
  },
};

function stopping(api: string, isStopped: boolean): Action {
  return {
    api,
    scope: 'admin',
    handle: async (routes, { route }, call) => {
      const { arm } = await readJson(call, armRequestSchema, maxBodyBytes);
      await routes.stopArm(route, arm, isStopped);
      return jsonReply({}, { model: route });
    },
  };
}

const refused = (model: string, problems: readonly RouteProblem[]): HttpReply => ({
  status: badRequestStatus,
  contentType: jsonType,
  body: `${JSON.stringify({
    error: problems
      .filter(({ severity }) => severity === 'error')
      .map(problemLine)
      .join('; '),
    problems,
  })}\n`,
  record: { model, status: 'INVALID_ARGUMENT' },
});

function found(routes: RoutesPort, name: string): RouteView {
  const view = routes.get(name);
  if (!view) throw new AppError('ROUTE_NOT_FOUND', { route: name }, { detail: `There is no route ${name}` });
  return view;
}

const badRequest = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
