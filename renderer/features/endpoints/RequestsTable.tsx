import { CircleAlert, CircleCheck, OctagonAlert, Pause } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ServedRequest } from '../../../app/contract/endpoints';
import type { Decision } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { EmptyState } from '../../ui/EmptyState';
import { Icon } from '../../ui/Icon';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import { SegmentedControl } from '../../ui/SegmentedControl';
import badge from '../../ui/StateBadge.module.css';
import tableStyles from '../../ui/Table.module.css';
import { useIsNarrower } from '../../ui/use-width';
import styles from './EndpointsArea.module.css';

type Shown = 'all' | 'failed';

const mostRows = 100;
/** Below this many pixels the version stands behind the model, and the call alone in its column. */
const narrowTable = 640;
/** Failures on our side; all others are the caller's. */
const ours: readonly ServedRequest['status'][] = ['INTERNAL', 'UNKNOWN', 'DATA_LOSS', 'UNAVAILABLE'];

export interface RequestsTableProps {
  /** Only what was asked of this route, with where it went in the place of the model. */
  readonly of?: {
    readonly route: string;
    readonly where: (decision: Decision) => { readonly text: string; readonly title: string };
  };
}

/** `table` "Requests": what was answered last, newest first, live until it is paused. */
export function RequestsTable({ of }: RequestsTableProps) {
  const { t, format, endpoints } = useServices();
  const all = useStore(endpoints.store, (state) => state.requests);
  const failedOfAll = useStore(endpoints.store, (state) => state.figures.failed);
  const route = of?.route;
  const live = useMemo(
    () => (route === undefined ? all : all.filter(({ model }) => model === route)),
    [all, route],
  );
  const failedCount = route === undefined ? failedOfAll : live.filter(({ status }) => status !== 'OK').length;
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
        note={t(paused ? 'endpoints.requestsPaused' : 'endpoints.requestsNote')}
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
          size="inline"
          heading={t(
            shown === 'failed'
              ? 'endpoints.requestsNoErrors'
              : of
                ? 'routes.noRequests'
                : 'endpoints.requestsNone',
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
            <col />
            {!isNarrow && <col className={styles['colVersion']} />}
            <col className={styles['colStatus']} />
            <col className={styles['colTook']} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{t('endpoints.column.time')}</th>
              <th scope="col">{t('endpoints.column.call')}</th>
              <th scope="col">{t(of ? 'routes.arm' : 'endpoints.column.model')}</th>
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
                where={of && request.decision ? of.where(request.decision) : undefined}
                isOfRoute={of !== undefined}
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
}

function RequestRow({ request, isNarrow, isOfRoute, where }: RequestRowProps) {
  const { t, format } = useServices();
  const { atMs, entrypoint, api, model, version, status, durationMs, caller, requestId } = request;
  const tone = status === 'OK' ? 'ok' : ours.includes(status) ? 'err' : 'warn';
  const words = status === 'OK' ? t('endpoints.ok') : status;
  const none = t('common.none');
  return (
    <tr>
      <td className={styles['number']} title={format.dateTime(atMs)}>
        {format.preciseTime(atMs)}
      </td>
      <th scope="row" title={caller === null ? requestId : `${caller}, ${requestId}`}>
        <span className={styles['note']}>
          {t(entrypoint === 'REST' ? 'endpoints.rest' : 'endpoints.grpc')}
        </span>{' '}
        {api}
      </th>
      {isOfRoute ? (
        <td title={where?.title}>{where?.text ?? none}</td>
      ) : (
        <td title={model}>{isNarrow && version !== null ? `${model} ${version}` : model || none}</td>
      )}
      {!isNarrow && <td>{version ?? none}</td>}
      <td title={words}>
        <span className={classes(badge['badge'], badge[tone])}>
          <Icon of={{ ok: CircleCheck, warn: CircleAlert, err: OctagonAlert }[tone]} size={14} />
          {words}
        </span>
      </td>
      <td className={tableStyles['end']}>{format.duration(durationMs)}</td>
    </tr>
  );
}
