import { type Operation, operation } from './operation';

const routes = 'Routes';
const unknownRoute = { 404: 'No such route' };

/** Routes over HTTP. */
export const routeOperations: readonly Operation[] = [
  operation(routes, {
    method: 'get',
    path: '/v1/routes',
    api: 'ListRoutes',
    summary: 'Every route, where its arms lead now, and what is not right with it',
    scope: 'read',
    answer: 'RouteList',
  }),
  operation(routes, {
    method: 'get',
    path: '/v1/routes/{route}',
    api: 'GetRoute',
    summary: 'A route and what it has done since it was applied',
    scope: 'read',
    answer: 'RouteAnswer',
    query: { window: { description: 'of the series', words: ['5min', '1h'] } },
    statuses: unknownRoute,
  }),
  operation(routes, {
    method: 'put',
    path: '/v1/routes/{route}',
    api: 'SaveRoute',
    summary:
      'Makes or changes a route, as a whole or not at all; a refusal names every problem and its place',
    scope: 'admin',
    request: 'RouteRequest',
    answer: 'RouteSaved',
    statuses: { 400: 'The route is not right', 409: 'A model is called so' },
  }),
  operation(routes, {
    method: 'delete',
    path: '/v1/routes/{route}',
    api: 'RemoveRoute',
    summary: 'Removes a route; what it led to stays',
    scope: 'admin',
    answer: 'Done',
    statuses: unknownRoute,
  }),
  ...(['stop', 'start'] as const).map((verb) =>
    operation(routes, {
      method: 'post',
      path: `/v1/routes/{route}:${verb}`,
      api: verb === 'stop' ? 'StopArm' : 'StartArm',
      summary:
        verb === 'stop'
          ? 'Stops an arm: its part goes to the others of its split'
          : 'Gives an arm its part again',
      scope: 'admin',
      request: 'ArmRequest',
      answer: 'Done',
      statuses: { ...unknownRoute, 400: 'The route has no such arm' },
    }),
  ),
  operation(routes, {
    method: 'post',
    path: '/v1/routes/{route}:dryRun',
    api: 'DryRunRoute',
    summary:
      'Who would go where: recorded requests, or those that are sent along, through a route as it would be',
    scope: 'read',
    request: 'DryRunRequest',
    answer: 'DryRunAnswer',
    statuses: { ...unknownRoute, 400: 'The request makes no sense' },
  }),
  operation(routes, {
    method: 'post',
    path: '/v1/routes/{route}:feedback',
    api: 'RouteFeedback',
    summary: 'What came of an answer, or of up to a thousand, by its x-request-id',
    scope: 'infer',
    request: 'FeedbackRequest',
    answer: 'FeedbackAnswer',
    statuses: {
      404: 'No such route, or it has answered no such request: of a list they are in the answer',
      400: 'The request makes no sense',
    },
  }),
];
