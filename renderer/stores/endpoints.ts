import { createStore, type StoreApi } from 'zustand/vanilla';
import { reportUnexpected } from '../../app/base/errors';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import {
  type AccessToken,
  defaultEndpointSettings,
  type EndpointSettings,
  type EndpointsState,
  type RequestFigures,
  type ServedRequest,
} from '../../app/contract/endpoints';
import type { Client } from '../client/client';

export interface EndpointsMirror {
  readonly state: EndpointsState;
  /** Newest last. */
  readonly requests: readonly ServedRequest[];
  readonly figures: RequestFigures;
  readonly tokens: readonly AccessToken[];
  /** Has the engine been asked to change something that it has not answered yet? */
  readonly isAsking: boolean;
}

/** Mirror of the endpoints: whether they are on, where, who may call, and what was answered last. */
export interface EndpointsStore {
  readonly store: StoreApi<EndpointsMirror>;
  connect(): Promise<Disposable>;
  /** Throws what the engine throws; a port that is taken is no failure but a `problem` of the state. */
  set(change: Partial<EndpointSettings>): Promise<void>;
  /** Answers the token: the only time that it can be had. */
  createToken(name: string, scopes: AccessToken['scopes']): Promise<string>;
  revokeToken(id: string): Promise<void>;
}

const mostRequests = 500;
const rateSeconds = 10;
const noFigures: RequestFigures = { total: 0, failed: 0, perSecond: [], p50Ms: null, p95Ms: null };
const nothing: EndpointsMirror = {
  state: {
    settings: defaultEndpointSettings,
    status: 'off',
    rest: null,
    grpc: null,
    problem: null,
    tokenCount: 0,
  },
  requests: [],
  figures: noFigures,
  tokens: [],
  isAsking: false,
};

export function createEndpointsStore(client: Client): EndpointsStore {
  const store = createStore<EndpointsMirror>()(() => nothing);
  const readTokens = async (): Promise<void> => {
    store.setState({ tokens: await client.call('endpoints.tokens', undefined) });
  };
  return {
    store,
    async connect() {
      const owned = new DisposableStore();
      owned.add(
        client.on('endpoints.changed', (state) => {
          // what is counted begins anew with every start
          const isNew = state.status === 'starting';
          const hasOtherTokens = state.tokenCount !== store.getState().tokens.length;
          store.setState({ state, ...(isNew ? { requests: [], figures: noFigures } : {}) });
          if (hasOtherTokens) readTokens().catch(reportUnexpected);
        }),
      );
      owned.add(
        client.on('endpoints.requested', ({ requests, figures }) =>
          store.setState((before) => ({
            requests: [...before.requests, ...requests].slice(-mostRequests),
            figures,
          })),
        ),
      );
      const [state, { requests, figures }] = await Promise.all([
        client.call('endpoints.state', undefined),
        client.call('endpoints.requests', undefined),
        readTokens(),
      ]);
      store.setState({ state, requests: requests.slice(-mostRequests), figures });
      return owned;
    },
    async set(change) {
      store.setState({ isAsking: true });
      try {
        store.setState({ state: await client.call('endpoints.set', change) });
      } finally {
        store.setState({ isAsking: false });
      }
    },
    async createToken(name, scopes) {
      const { token } = await client.call('endpoints.createToken', { name, scopes });
      await readTokens();
      return token;
    },
    async revokeToken(id) {
      await client.call('endpoints.revokeToken', { id });
      await readTokens();
    },
  };
}

export const selectIsOn = ({ state }: EndpointsMirror): boolean => state.status === 'on';

/** Requests a second: the mean of the last ten whole seconds. */
export function requestRate({ perSecond }: RequestFigures): number {
  const whole = perSecond.slice(-rateSeconds - 1, -1); // the last one is not over
  return whole.length === 0 ? 0 : whole.reduce((sum, count) => sum + count, 0) / whole.length;
}
