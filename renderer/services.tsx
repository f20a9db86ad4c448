import { createContext, type ReactNode, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import { type Disposable, DisposableStore } from '../app/base/lifecycle';
import type { Bridge } from '../app/contract/bridge';
import { type Client, createClient } from './client/client';
import { type CommandRegistry, createCommandRegistry } from './commands/registry';
import { createFormat, type Format } from './format';
import { createTranslator, type Translator } from './messages/translator';
import { type Adding, createAdding } from './stores/adding';
import { type Announcer, createAnnouncer } from './stores/announcer';
import { type Batching, createBatching } from './stores/batching';
import { type CompareStore, createCompareStore } from './stores/compare';
import { createDescriptionsStore, type DescriptionsStore } from './stores/descriptions';
import { createEndpointsStore, type EndpointsStore } from './stores/endpoints';
import { createEventsStore, type EventsStore } from './stores/events';
import { createJobActions, type JobActions } from './stores/job-actions';
import { createJobTidings } from './stores/job-tidings';
import { createJobsStore, type JobsStore } from './stores/jobs';
import { createModelActions, type ModelActions } from './stores/model-actions';
import { createModelsStore, type ModelsStore } from './stores/models';
import type { Keeper } from './stores/persisted';
import { createPicturesStore, type PicturesStore } from './stores/pictures';
import { createPlaygroundStore, type PlaygroundStore } from './stores/playground';
import { createRouteActions, type RouteActions } from './stores/route-actions';
import { createRouteDrafts, type RouteDrafts } from './stores/route-drafts';
import { createRouter, type Router } from './stores/router';
import { createRoutesStore, type RoutesStore } from './stores/routes';
import { filesSetAside } from './stores/set-aside';
import { createSettingsStore, type SettingsStore } from './stores/settings';
import { createTablesStore, type TablesStore } from './stores/tables';
import { createToasts, type Toasts } from './stores/toasts';
import { createUiStore, type UiState } from './stores/ui';

/** What components work with, handed down by context: no component imports a singleton. */
export interface Services extends Omit<Translator, 'intl'> {
  readonly client: Client;
  readonly router: Router;
  readonly ui: StoreApi<UiState>;
  readonly models: ModelsStore;
  readonly events: EventsStore;
  readonly settings: SettingsStore;
  readonly pictures: PicturesStore;
  readonly descriptions: DescriptionsStore;
  readonly playground: PlaygroundStore;
  readonly tables: TablesStore;
  readonly compare: CompareStore;
  readonly endpoints: EndpointsStore;
  readonly jobs: JobsStore;
  readonly routes: RoutesStore;
  readonly routeDrafts: RouteDrafts;
  readonly commands: CommandRegistry;
  readonly toasts: Toasts;
  readonly actions: ModelActions;
  readonly routeActions: RouteActions;
  readonly adding: Adding;
  readonly jobActions: JobActions;
  readonly batching: Batching;
  readonly announcer: Announcer;
  readonly format: Format;
  readonly translator: Translator;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Connects every mirror with the engine; what it returns lets go of all of them. */
  readonly connect: () => Promise<Disposable>;
}

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
  const actions = createModelActions({ client, router, toasts, t });
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

const ServicesContext = createContext<Services | null>(null);

export function ServicesProvider({
  services,
  children,
}: {
  readonly services: Services;
  readonly children: ReactNode;
}) {
  return <ServicesContext value={services}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('useServices needs a ServicesProvider above it');
  return services;
}
