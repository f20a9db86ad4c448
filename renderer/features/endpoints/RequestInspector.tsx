import { FlaskConical } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { RequestDetail, ServedRequest } from '../../../app/contract/endpoints';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { type Fact, FactList } from '../../ui/FactList';
import { Inspector } from '../../ui/Inspector';
import { TimeBar } from '../../ui/TimeBar';
import styles from './RequestInspector.module.css';
import { RequestStatus } from './RequestStatus';
import { RequestText } from './RequestText';

/** All that is kept of one request: who asked what, where the time went, what was said both ways. */
export function RequestInspector({ number }: { readonly number: number | null }) {
  const { t, endpoints } = useServices();
  const request = useStore(endpoints.store, ({ requests }) => requests.find((it) => it.number === number));
  return (
    <Inspector>
      {request ? (
        <Request key={request.number} request={request} />
      ) : (
        <EmptyState size="inline" heading={t('endpoints.inspectNone')} />
      )}
    </Inspector>
  );
}

function Request({ request }: { readonly request: ServedRequest }) {
  const { t, format } = useServices();
  const { number, path, atMs, durationMs } = request;
  const detail = useDetail(number);
  return (
    <>
      <div>
        <p className={styles['path']}>{path}</p>
        <p className={styles['line']}>
          <RequestStatus request={request} />
          <span className={styles['note']}>
            {t('endpoints.requestAt', { time: format.preciseTime(atMs) })}
          </span>
        </p>
      </div>
      <FactList facts={useFacts(request, detail ?? null)} />
      {detail?.timingsMs && <Times timings={detail.timingsMs} durationMs={durationMs} />}
      {detail?.request && <RequestText title={t('endpoints.requestBody')} {...detail.request} />}
      {detail?.answer && <RequestText title={t('endpoints.requestAnswer')} {...detail.answer} />}
      {detail === null && <p className={styles['note']}>{t('endpoints.requestGone')}</p>}
      {detail?.hasPicture && <OpenInPlayground request={request} />}
    </>
  );
}

/** Undefined until it has been read. */
function useDetail(number: number): RequestDetail | null | undefined {
  const { client, toasts } = useServices();
  const [detail, setDetail] = useState<RequestDetail | null>();
  useEffect(() => {
    let isWanted = true;
    client
      .call('endpoints.request', { number })
      .then((found) => isWanted && setDetail(found))
      .catch(toasts.fail);
    return () => {
      isWanted = false;
    };
  }, [client, toasts, number]);
  return detail;
}

function useFacts(request: ServedRequest, detail: RequestDetail | null): readonly Fact[] {
  const { t, format } = useServices();
  const { entrypoint, model, version, decision, caller, requestId, durationMs } = request;
  const fact = (name: string, value: string | null, isMono = false): readonly Fact[] =>
    value === null || value === '' ? [] : [{ name, value, isMono }];
  return [
    ...fact(t('endpoints.column.model'), model),
    ...fact(t('endpoints.column.version'), version === null ? null : String(version)),
    ...fact(t('routes.arm'), decision?.arm ?? null),
    ...fact(t('endpoints.requestCaller'), caller),
    ...fact(t('endpoints.requestOver'), t(entrypoint === 'REST' ? 'endpoints.rest' : 'endpoints.grpc')),
    ...fact(
      t('endpoints.requestBytes'),
      detail &&
        t('endpoints.requestBytesBoth', {
          request: format.bytes(detail.requestBytes),
          answer: format.bytes(detail.responseBytes),
        }),
    ),
    ...fact(t('endpoints.requestCodec'), detail?.codec ?? null, true),
    ...fact(t('endpoints.requestExamples'), detail?.exampleCount ? format.number(detail.exampleCount) : null),
    ...fact(t('endpoints.column.took'), detail?.timingsMs ? null : format.duration(durationMs)),
    ...fact(t('endpoints.requestId'), requestId, true),
  ];
}

interface TimesProps {
  readonly timings: NonNullable<RequestDetail['timingsMs']>;
  readonly durationMs: number;
}

function Times({ timings: { parse, queue, run, render }, durationMs }: TimesProps) {
  const { t } = useServices();
  const part = (what: 'parse' | 'queue' | 'run' | 'render' | 'rest', ms: number, colour: string) => ({
    name: t(`endpoints.time.${what}`),
    ms,
    colour,
  });
  return (
    <TimeBar
      parts={[
        part('parse', parse, '--seq-3'),
        part('queue', queue, '--border-strong'),
        part('run', run, '--seq-6'),
        part('render', render, '--seq-4'),
        part('rest', Math.max(0, durationMs - parse - queue - run - render), '--seq-2'),
      ]}
    />
  );
}

/** Gives the picture of the request to whoever answered it, in the playground. */
function OpenInPlayground({
  request: { number, model, version, decision },
}: {
  readonly request: ServedRequest;
}) {
  const { t, client, models, playground, router, toasts } = useServices();
  const [isBusy, setBusy] = useState(false);
  const open = async (): Promise<void> => {
    const { pictures, refused } = await client.call('endpoints.openPicture', { number });
    const [unreadable] = refused;
    if (unreadable) throw unreadable.error;
    const known = models.store
      .getState()
      .byName.get(model)
      ?.versions.find((it) => it.version === version);
    if (decision) playground.runRoute(model, pictures);
    else if (version !== null && known?.lifecycle === 'available')
      playground.run({ model, version }, pictures);
    else playground.hold(pictures);
    router.navigate({ area: 'playground', model, version: decision ? null : version });
  };
  return (
    <div>
      <Button
        icon={FlaskConical}
        isBusy={isBusy}
        onClick={() => {
          setBusy(true);
          open()
            .catch(toasts.fail)
            .finally(() => setBusy(false));
        }}
      >
        {t('endpoints.openInPlayground')}
      </Button>
    </div>
  );
}
