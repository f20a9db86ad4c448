import type { CSSProperties } from 'react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { SectionHead } from '../../ui/Panel';
import styles from './MemoryBox.module.css';
import { bytesNow } from './model-state';

interface Holder {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly bytes: number;
  readonly kind: 'used' | 'leaving' | 'reserved';
}

const rank = { used: 0, leaving: 1, reserved: 2 } as const;
const shownRows = 6;
/** More than these are drawn as one. */
const shownSegments = 24;

/** Every version that takes memory or has some set aside: those in use first, the largest first. */
function holdersOf(models: Iterable<Model>): Holder[] {
  return [...models]
    .flatMap((model) =>
      model.versions.flatMap((version) => {
        const bytes = bytesNow(version);
        if (bytes === null) return [];
        const kind =
          version.lifecycle === 'unloading'
            ? ('leaving' as const)
            : version.lifecycle === 'loading'
              ? ('reserved' as const)
              : ('used' as const);
        const id = `${model.name} ${version.version}`;
        return [{ id, model: model.name, version: version.version, bytes, kind }];
      }),
    )
    .sort((a, b) => rank[a.kind] - rank[b.kind] || b.bytes - a.bytes);
}

/** What all runners take together, of what Settings allows: used, being freed, set aside, free. */
export function MemoryBox() {
  const { t, format, models } = useServices();
  const memory = useStore(models.store, (state) => state.memory);
  const byName = useStore(models.store, (state) => state.byName);
  const holders = useMemo(() => holdersOf(byName.values()), [byName]);
  const free = Math.max(0, memory.budgetBytes - memory.usedBytes - memory.reservedBytes);
  const whole = Math.max(memory.budgetBytes, memory.usedBytes + memory.reservedBytes, 1);
  const restBytes = holders.slice(shownSegments).reduce((sum, { bytes }) => sum + bytes, 0);
  const share = (bytes: number): CSSProperties => ({ inlineSize: `${(bytes / whole) * 100}%` });
  const noteOf = ({ kind }: Holder): string =>
    kind === 'leaving' ? t('memory.untilUnloaded') : kind === 'reserved' ? t('memory.reserved') : '';

  return (
    <section className={styles['memory']} aria-labelledby="memory-title">
      <SectionHead title={t('memory.title')} id="memory-title" level={2}>
        <span className={styles['free']}>{t('memory.free', { bytes: format.bytes(free) })}</span>
      </SectionHead>
      <div
        className={styles['bar']}
        role="img"
        aria-label={t('memory.sentence', {
          used: format.bytes(memory.usedBytes),
          budget: format.bytes(memory.budgetBytes),
          reserved: format.bytes(memory.reservedBytes),
          free: format.bytes(free),
        })}
      >
        {holders.slice(0, shownSegments).map((holder) => (
          <span key={holder.id} className={styles[holder.kind]} style={share(holder.bytes)} />
        ))}
        <span className={styles['used']} style={share(restBytes)} />
      </div>
      <div className={styles['scale']} aria-hidden="true">
        <span>0</span>
        <span>{t('memory.limit', { bytes: format.bytes(memory.budgetBytes) })}</span>
      </div>
      <ul>
        {holders.slice(0, shownRows).map((holder) => (
          <li key={holder.id} className={styles['holder']}>
            <span className={classes(styles['dot'], styles[holder.kind])} />
            <span
              className={styles['name']}
              title={t('memory.holder', { model: holder.model, version: holder.version })}
            >
              <span className={styles['model']}>{holder.model}</span> {holder.version}
            </span>
            <span className={styles['note']}>{noteOf(holder)}</span>
            <span className={styles['bytes']}>{format.bytes(holder.bytes)}</span>
          </li>
        ))}
        {holders.length > shownRows && (
          <li className={styles['more']}>{t('memory.more', { count: holders.length - shownRows })}</li>
        )}
      </ul>
    </section>
  );
}
