import { Pause } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ServedRequest } from '../../../app/contract/endpoints';
import type { Decision } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { EmptyState } from '../../ui/EmptyState';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import { SegmentedControl } from '../../ui/SegmentedControl';
import tableStyles from '../../ui/Table.module.css';
import { useIsNarrower } from '../../ui/use-width';
import styles from './EndpointsArea.module.css';
import { RequestStatus } from './RequestStatus';

type Shown = 'all' | 'failed';

const mostRows = 100;
/** Below this many pixels the version stands behind the model, and the call alone in its column. */
const narrowTable = 640;

export interface RequestsTableProps {
  /** Only what was asked of this model or route, as the calls name it. */
  readonly model?: string | null;
  /** The one that is looked at, by its number. */
  readonly selected?: number | null;
  /** Left out where none can be looked at. */
  readonly onSelect?: (number: number) => void;
  /** For a route: which arm answered, in the place of the model. */
  readonly where?: (decision: Decision) => { readonly text: string; readonly title: string };
}

/** `table` "Requests": what was answered last, newest first, live until it is paused. */
export function RequestsTable({ model: asked = null, selected = null, onSelect, where }: RequestsTableProps) {
  const { t, format, endpoints } = useServices();
  const all = useStore(endpoints.store, (state) => state.requests);
  const live = useMemo(
    () => (asked === null ? all : all.filter(({ model }) => model === asked)),
    [all, asked],
  );
  const failedCount = live.filter(({ status }) => status !== 'OK').length;
  const [paused, setPaused] = useState<readonly ServedRequest[] | null>(null);
  const [shown, setShown] = useState<Shown>('all');
  const section = useRef<HTMLElement>(null);
  const isNarrow = useIsNarrower(section, narrowTable);
  const rows = useMemo(
    () =>
      (paused ?? live)
        .filter(({ status }) => shown === 'all' || status !== 'OK')
        .slice(-mostRows)
        .reverse(),
    [paused, live, shown],
  );
  return (
    <section ref={section} className={styles['requests']} aria-labelledby="endpoints-requests">
      <SectionHead
        id="endpoints-requests"
        title={t('endpoints.requests')}
        note={
          paused
            ? t('endpoints.requestsPaused')
            : asked === null || where
              ? t('endpoints.requestsNote')
              : t('endpoints.requestsOf', { model: asked })
        }
      >
        <SegmentedControl<Shown>
          label={t('endpoints.show')}
          kind="view"
          size="sm"
          value={shown}
          onChange={setShown}
          segments={[
            { value: 'all', label: t('endpoints.show.all') },
            {
              value: 'failed',
              label: `${t('endpoints.show.failed')} ${format.number(failedCount)}`,
            },
          ]}
        />
        <IconButton
          size="sm"
          icon={Pause}
          label={t('endpoints.pause')}
          isPressed={paused !== null}
          onClick={() => setPaused(paused === null ? live : null)}
        />
      </SectionHead>
      {rows.length === 0 ? (
        <EmptyState
          size="flush"
          heading={t(
            shown === 'failed'
              ? 'endpoints.requestsNoErrors'
              : where
                ? 'routes.noRequests'
                : asked === null
                  ? 'endpoints.requestsNone'
                  : 'endpoints.requestsNotKept',
          )}
        />
      ) : (
        <table
          className={classes(tableStyles['table'], tableStyles['tight'])}
          aria-label={t('endpoints.requests')}
        >
          <colgroup>
            <col className={styles['colTime']} />
            <col />
            <col className={styles['colModel']} />
            {!isNarrow && <col className={styles['colVersion']} />}
            <col className={styles['colStatus']} />
            <col className={styles['colTook']} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{t('endpoints.column.time')}</th>
              <th scope="col">{t('endpoints.column.call')}</th>
              <th scope="col">{t(where ? 'routes.arm' : 'endpoints.column.model')}</th>
              {!isNarrow && <th scope="col">{t('endpoints.column.version')}</th>}
              <th scope="col">{t('endpoints.column.status')}</th>
              <th scope="col" className={tableStyles['end']}>
                {t('endpoints.column.took')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((request) => (
              <RequestRow
                key={request.number}
                request={request}
                isNarrow={isNarrow}
                where={request.decision ? where?.(request.decision) : undefined}
                isOfRoute={where !== undefined}
                isSelected={request.number === selected}
                onSelect={onSelect}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

interface RequestRowProps {
  readonly request: ServedRequest;
  readonly isNarrow: boolean;
  readonly isOfRoute: boolean;
  readonly where: { readonly text: string; readonly title: string } | undefined;
  readonly isSelected: boolean;
  readonly onSelect: ((number: number) => void) | undefined;
}

/** `/tensorflow.serving.PredictionService/Predict` without its package. */
const shortPath = ({ entrypoint, path }: ServedRequest): string =>
  entrypoint === 'GRPC' ? path.replace(/^\/.*\.(?=\w+\/)/, '') : path.replace(/^(GET|POST) /, '');

function RequestRow({ request, isNarrow, isOfRoute, where, isSelected, onSelect }: RequestRowProps) {
  const { t, format } = useServices();
  const { atMs, path, model, version, durationMs, caller, number } = request;
  const none = t('common.none');
  return (
    <tr className={isSelected ? styles['selected'] : undefined}>
      <td className={styles['number']} title={format.dateTime(atMs)}>
        {format.preciseTime(atMs)}
      </td>
      <th scope="row" title={caller === null ? path : `${caller}: ${path}`}>
        {onSelect ? (
          <button
            type="button"
            className={styles['path']}
            aria-pressed={isSelected}
            onClick={() => onSelect(number)}
          >
            <bdi>{shortPath(request)}</bdi>
          </button>
        ) : (
          <span className={styles['shortPath']}>
            <bdi>{shortPath(request)}</bdi>
          </span>
        )}
      </th>
      {isOfRoute ? (
        <td title={where?.title}>{where?.text ?? none}</td>
      ) : (
        <td title={model}>{isNarrow && version !== null ? `${model} ${version}` : model || none}</td>
      )}
      {!isNarrow && <td>{version ?? none}</td>}
      <td>
        <RequestStatus request={request} />
      </td>
      <td className={tableStyles['end']}>{format.duration(durationMs)}</td>
    </tr>
  );
}
