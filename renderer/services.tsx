import { createContext, type ReactNode, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import type { Disposable } from '../app/base/lifecycle';
import type { Client } from './client/client';
import type { CommandRegistry } from './commands/registry';
import type { Format } from './format';
import type { Translator } from './messages/translator';
import type { Adding } from './stores/adding';
import type { Announcer } from './stores/announcer';
import type { Batching } from './stores/batching';
import type { CompareStore } from './stores/compare';
import type { DescriptionsStore } from './stores/descriptions';
import type { EndpointsStore } from './stores/endpoints';
import type { EventsStore } from './stores/events';
import type { JobActions } from './stores/job-actions';
import type { JobsStore } from './stores/jobs';
import type { ModelActions } from './stores/model-actions';
import type { ModelsStore } from './stores/models';
import type { PicturesStore } from './stores/pictures';
import type { PlaygroundStore } from './stores/playground';
import type { RouteActions } from './stores/route-actions';
import type { RouteDrafts } from './stores/route-drafts';
import type { Router } from './stores/router';
import type { RoutesStore } from './stores/routes';
import type { SettingsStore } from './stores/settings';
import type { TablesStore } from './stores/tables';
import type { Toasts } from './stores/toasts';
import type { UiState } from './stores/ui';

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
