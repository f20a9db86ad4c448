import { useState } from 'react';
import type { Model, ModelEvent } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Picker } from '../../ui/Picker';
import styles from './EventsTab.module.css';
import { EventsTable } from './EventsTable';
import { PastDialog } from './PastDialog';
import { useHistory } from './use-history';

const spans = ['any', 'hour', 'day', 'week'] as const;
type Span = (typeof spans)[number];
const spanMs: Readonly<Record<Span, number | null>> = {
  any: null,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};
/** A model with more versions is asked about the newest of them. */
const mostVersions = 200;

/** All that is kept about one model: by version and time, and how the model stood at any of these moments. */
export function EventsTab({ model }: { readonly model: Model }) {
  const { t, now } = useServices();
  const [version, setVersion] = useState<number | null>(null);
  const [time, setTime] = useState<{ readonly span: Span; readonly sinceMs: number | null }>({
    span: 'any',
    sinceMs: null,
  });
  const [moment, setMoment] = useState<ModelEvent | null>(null);
  const history = useHistory({ model: model.name, version, sinceMs: time.sinceMs });
  const chooseSpan = (span: Span): void => {
    const ms = spanMs[span];
    setTime({ span, sinceMs: ms === null ? null : now() - ms });
  };
  return (
    <>
      <fieldset className={styles['filters']} aria-label={t('events.filters')}>
        <Picker
          size="sm"
          label={t('events.filterVersion')}
          value={version === null ? 'all' : String(version)}
          options={[
            { value: 'all', label: t('events.anyVersion') },
            ...model.versions.slice(0, mostVersions).map((each) => ({
              value: String(each.version),
              label: t('events.version', { version: each.version }),
            })),
          ]}
          onChange={(value) => setVersion(value === 'all' ? null : Number(value))}
        />
        <Picker<Span>
          size="sm"
          label={t('events.filterTime')}
          value={time.span}
          options={spans.map((value) => ({ value, label: t(`events.span.${value}`) }))}
          onChange={chooseSpan}
        />
        <span className={styles['hint']}>{t('events.openHint')}</span>
      </fieldset>
      <EventsTable model={model.name} events={history.events} isTall onOpen={setMoment}>
        {history.hasOlder && (
          <div className={styles['older']}>
            <Button size="sm" isBusy={history.isLoading} onClick={history.loadOlder}>
              {t('events.older')}
            </Button>
          </div>
        )}
      </EventsTable>
      {moment && (
        <PastDialog key={moment.id} model={model.name} atMs={moment.atMs} onClose={() => setMoment(null)} />
      )}
    </>
  );
}
