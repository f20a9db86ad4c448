import { createStore, type StoreApi } from 'zustand/vanilla';
import { reportUnexpected } from '../../app/base/errors';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import {
  type AccessToken,
  defaultEndpointSettings,
  type EndpointSettings,
  type EndpointsState,
  noRequestFigures,
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
  /** They are on, or on their way from on to on with other settings. */
  readonly isShownOn: boolean;
  /** Has the engine been asked to change something that it has not answered yet? */
  readonly isAsking: boolean;
}

/** Mirror of the endpoints: whether they are on, where, who may call, and what was answered last. */
export interface EndpointsStore {
  readonly store: StoreApi<EndpointsMirror>;
  connect(): Promise<Disposable>;
  /** Reads requests and figures anew: the engine tells of them only when there are requests. */
  refresh(): Promise<void>;
  /** Throws what the engine throws; a port that is taken is no failure but a `problem` of the state. */
  set(change: Partial<EndpointSettings>): Promise<void>;
  /** Answers the token: the only time that it can be had. */
  createToken(name: string, scopes: AccessToken['scopes']): Promise<string>;
  revokeToken(id: string): Promise<void>;
}

const mostRequests = 500;
const rateSeconds = 10;
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
  figures: noRequestFigures,
  tokens: [],
  isShownOn: false,
  isAsking: false,
};

/** The engine may tell of a request again that was read before. */
function merge(known: readonly ServedRequest[], more: readonly ServedRequest[]): readonly ServedRequest[] {
  const last = known.at(-1)?.number ?? 0;
  return [...known, ...more.filter(({ number }) => number > last)].slice(-mostRequests);
}

export function createEndpointsStore(client: Client): EndpointsStore {
  const store = createStore<EndpointsMirror>()(() => nothing);
  const take = (state: EndpointsState): void =>
    store.setState(({ isShownOn }) => ({
      state,
      isShownOn: state.status === 'on' || (state.status !== 'off' && isShownOn),
    }));
  const refresh = async (): Promise<void> => {
    const { requests, figures } = await client.call('endpoints.requests', undefined);
    store.setState((before) => ({ requests: merge(before.requests, requests), figures }));
  };
  const readTokens = async (): Promise<void> => {
    store.setState({ tokens: await client.call('endpoints.tokens', undefined) });
  };
  return {
    store,
    refresh,
    async connect() {
      const owned = new DisposableStore();
      owned.add(
        client.on('endpoints.changed', (state) => {
          const hasOtherTokens = state.tokenCount !== store.getState().tokens.length;
          take(state);
          if (hasOtherTokens) readTokens().catch(reportUnexpected);
        }),
      );
      owned.add(
        client.on('endpoints.requested', ({ requests, figures }) =>
          store.setState((before) => ({ requests: merge(before.requests, requests), figures })),
        ),
      );
      const [state] = await Promise.all([client.call('endpoints.state', undefined), refresh(), readTokens()]);
      take(state);
      return owned;
    },
    async set(change) {
      store.setState({ isAsking: true });
      try {
        take(await client.call('endpoints.set', change));
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
