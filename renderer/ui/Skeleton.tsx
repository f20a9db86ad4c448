import { useEffect, useState } from 'react';
import { useServices } from '../services';
import styles from './Skeleton.module.css';

const patienceMs = 300;

/** Grey rows in place of what is on its way; shown only when it takes longer than 300 ms. */
export function Skeleton({ rows = 3 }: { readonly rows?: number }) {
  const { t } = useServices();
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return null;
  return (
    <div role="status" aria-label={t('common.loading')} className={styles['rows']}>
      {Array.from({ length: rows }, (_, row) => `row ${row}`).map((key) => (
        <span key={key} className={styles['row']} />
      ))}
    </div>
  );
}
