import { useStore } from 'zustand';
import { useServices } from '../../services';
import { currentRoute } from '../../stores/router';
import { ListAndDetail } from '../../ui/ListAndDetail';
import { oneColumn, useMedia } from '../../ui/use-media';
import { NewRoute } from '../routes/NewRoute';
import { RouteDetail } from '../routes/RouteDetail';
import { EndpointsList } from './EndpointsList';
import { ServerDetail } from './ServerDetail';

const widths = { usual: 224, narrow: 208, min: 176, max: 480 };

/** The area Endpoints: how programs reach the models, and the routes that stand before them. */
export function EndpointsArea() {
  const { t, router } = useServices();
  const route = useStore(router.store, currentRoute);
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
    <ListAndDetail
      name="endpoints"
      title={t('endpoints.title')}
      label={t('endpoints.list')}
      list={list}
      detail={detail}
      isDetailShown={shown.kind !== 'list'}
      widths={widths}
    />
  );
}
