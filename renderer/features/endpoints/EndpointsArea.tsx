import { useStore } from 'zustand';
import { useServices } from '../../services';
import { currentRoute } from '../../stores/router';
import { Split } from '../../ui/Split';
import { narrowWindow, oneColumn, useMedia } from '../../ui/use-media';
import { NewRoute } from '../routes/NewRoute';
import { RouteDetail } from '../routes/RouteDetail';
import { EndpointsList } from './EndpointsList';
import { ServerDetail } from './ServerDetail';

/** The area Endpoints: how programs reach the models, and the routes that stand before them. */
export function EndpointsArea() {
  const { t, router } = useServices();
  const route = useStore(router.store, currentRoute);
  const isNarrow = useMedia(narrowWindow);
  const isOneColumn = useMedia(oneColumn);
  const shown = route.area === 'endpoints' ? route.shown : ({ kind: 'server' } as const);
  const onBack = isOneColumn ? () => router.navigate({ area: 'endpoints', shown: { kind: 'list' } }) : null;

  const list = <EndpointsList shown={shown} />;
  const detail =
    shown.kind === 'route' ? (
      <RouteDetail key={shown.name} name={shown.name} tab={shown.tab} onBack={onBack} />
    ) : shown.kind === 'newRoute' ? (
      <NewRoute onBack={onBack} />
    ) : (
      <ServerDetail onBack={onBack} />
    );
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title">
      {isOneColumn ? (
        shown.kind === 'list' ? (
          list
        ) : (
          <>
            <h1 id="title" className="visually-hidden">
              {t('endpoints.title')}
            </h1>
            {detail}
          </>
        )
      ) : (
        <Split
          name={isNarrow ? 'endpoints narrow' : 'endpoints'}
          label={t('endpoints.list')}
          size={isNarrow ? 208 : 224}
          minSize={176}
          maxSize={480}
          restMinSize={360}
          start={list}
          end={detail}
        />
      )}
    </main>
  );
}
