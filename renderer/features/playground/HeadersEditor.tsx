import { Plus, X } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Route } from '../../../app/contract/routes';
import { useServices } from '../../services';
import type { HeaderLine } from '../../stores/playground';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import styles from './HeadersEditor.module.css';
import { headerValue, isHeaderName, looksElsewhere, wantedHeaders, withValue } from './route-headers';

const noLines: readonly HeaderLine[] = [];
const mostValueLength = 1_024;

/** The headers that runs send: a field for each that the route looks at, and any others. */
export function HeadersEditor({ route }: { readonly route: Route }) {
  const { t, format, playground } = useServices();
  const lines = useStore(playground.store, (state) => state.headers.get(route.name) ?? noLines);
  const wanted = useMemo(() => wantedHeaders(route), [route]);
  const others = lines
    .map((line, at) => ({ ...line, at }))
    .filter(({ name }) => !wanted.some((header) => header.name === name.toLowerCase()));
  const set = (next: readonly HeaderLine[]): void => playground.setHeaders(route.name, next);
  return (
    <section className={styles['headers']} aria-labelledby="route-headers">
      <SectionHead
        id="route-headers"
        title={t('playground.headers')}
        note={wanted.length === 0 ? t('playground.headersNone') : t('playground.headersText')}
      >
        <Button size="sm" look="quiet" icon={Plus} onClick={() => set([...lines, { name: '', value: '' }])}>
          {t('playground.addHeader')}
        </Button>
      </SectionHead>
      {wanted.map(({ name, isKey, audiences }) => (
        <div key={name} className={styles['line']}>
          <span className={styles['name']} title={name}>
            {name}
          </span>
          <Field
            label={name}
            placeholder={t('playground.headerNotSent')}
            maxLength={mostValueLength}
            value={headerValue(lines, name)}
            onChange={(event) => set(withValue(lines, name, event.target.value))}
          />
          <span className={styles['note']}>
            {isKey ? t('routes.sticky') : t('playground.headerFor', { audiences: format.list(audiences) })}
          </span>
        </div>
      ))}
      {others.map(({ name, value, at }, index) => (
        <div key={at} className={styles['line']}>
          <Field
            label={t('playground.headerName', { number: index + 1 })}
            placeholder={t('routes.attributeName')}
            maxLength={128}
            value={name}
            problem={name === '' || isHeaderName(name) ? null : t('playground.headerNameBad')}
            onChange={(event) => set(lines.with(at, { name: event.target.value.trim(), value }))}
          />
          <Field
            label={t('playground.headerValue', { number: index + 1 })}
            placeholder={t('playground.headerNotSent')}
            maxLength={mostValueLength}
            value={value}
            onChange={(event) => set(lines.with(at, { name, value: event.target.value }))}
          />
          <IconButton
            size="sm"
            icon={X}
            label={t('playground.removeHeader', {
              name: name || t('playground.headerName', { number: index + 1 }),
            })}
            onClick={() => set(lines.toSpliced(at, 1))}
          />
        </div>
      ))}
      {looksElsewhere(route) && <p className={styles['note']}>{t('playground.headersOnly')}</p>}
    </section>
  );
}
