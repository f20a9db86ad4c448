import { DisposableStore } from '../app/base/lifecycle';
import type { Bridge } from '../app/contract/bridge';
import { createClient } from './client/client';
import { createCommandRegistry } from './commands/registry';
import { createFormat } from './format';
import { createTranslator } from './messages/translator';
import type { Services } from './services';
import { createAdding } from './stores/adding';
import { createAnnouncer } from './stores/announcer';
import { createBatching } from './stores/batching';
import { createCompareStore } from './stores/compare';
import { createDescriptionsStore } from './stores/descriptions';
import { createEndpointsStore } from './stores/endpoints';
import { createEventsStore } from './stores/events';
import { createJobActions } from './stores/job-actions';
import { createJobTidings } from './stores/job-tidings';
import { createJobsStore } from './stores/jobs';
import { createModelActions } from './stores/model-actions';
import { createModelsStore } from './stores/models';
import type { Keeper } from './stores/persisted';
import { createPicturesStore } from './stores/pictures';
import { createPlaygroundStore } from './stores/playground';
import { createRouteActions } from './stores/route-actions';
import { createRouteDrafts } from './stores/route-drafts';
import { createRouter } from './stores/router';
import { createRoutesStore } from './stores/routes';
import { filesSetAside } from './stores/set-aside';
import { createSettingsStore } from './stores/settings';
import { createTablesStore } from './stores/tables';
import { createToasts } from './stores/toasts';
import { createUiStore } from './stores/ui';

export interface ServicesOptions {
  readonly bridge: Bridge;
  readonly keeper: Keeper;
  readonly now?: () => number;
}

/** Builds the page's services around one bridge: the preload's, or a test's. */
export function createServices({ bridge, keeper, now = Date.now }: ServicesOptions): Services {
  const client = createClient(bridge);
  const format = createFormat('en');
  const translator = createTranslator('en', format);
  const { t, rich, errorWords, reason, explanation, rule, routeProblem } = translator;
  const models = createModelsStore(client);
  const events = createEventsStore(client);
  const settings = createSettingsStore(client);
  const endpoints = createEndpointsStore(client);
  const routes = createRoutesStore(client);
  const routeDrafts = createRouteDrafts();
  const router = createRouter(keeper);
  const toasts = createToasts(errorWords);
  const announcer = createAnnouncer();
  const actions = createModelActions({ client, router, toasts, t, format });
  const adding = createAdding({
    client,
    router,
    toasts,
    actions,
    t,
    defaultSwitching: () => settings.store.getState().settings.defaultSwitching,
  });
  const descriptions = createDescriptionsStore(client);
  const compare = createCompareStore(client);
  const playground = createPlaygroundStore(client, now);
  const tables = createTablesStore(client);
  const jobs = createJobsStore(client, createJobTidings({ router, toasts, announcer, t }));
  const jobActions = createJobActions({ client, router, toasts, jobs, models, compare, playground, t });
  return {
    client,
    router,
    ui: createUiStore(keeper),
    models,
    events,
    settings,
    pictures: createPicturesStore(client),
    descriptions,
    playground,
    tables,
    compare,
    endpoints,
    jobs,
    routes,
    routeDrafts,
    commands: createCommandRegistry(),
    toasts,
    actions,
    routeActions: createRouteActions({
      client,
      router,
      toasts,
      drafts: routeDrafts,
      takenNames: () => [...models.store.getState().byName.keys(), ...routes.store.getState().byName.keys()],
      actions,
      t,
    }),
    adding,
    jobActions,
    batching: createBatching({ client, router, toasts, adding, jobs, t }),
    announcer,
    format,
    translator,
    t,
    rich,
    errorWords,
    reason,
    explanation,
    rule,
    routeProblem,
    now,
    async connect() {
      const owned = new DisposableStore();
      owned.add(descriptions.connect());
      owned.add(compare.connect());
      owned.add(tables.connect());
      for (const mirror of [models, events, settings, endpoints, jobs, routes])
        owned.add(await mirror.connect());
      await actions.connect();
      for (const file of filesSetAside(events.store.getState().events))
        toasts.warn(t('event.fileDamaged', { file }), t('event.fileDamagedText'));
      return owned;
    },
  };
}
