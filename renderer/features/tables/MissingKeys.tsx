import { TriangleAlert } from 'lucide-react';
import { useServices } from '../../services';
import { NoteBox } from '../../ui/NoteBox';
import styles from './MissingKeys.module.css';

const firstNamed = 20;

/** Names the keys that the table lacks. */
export function MissingKeys({ keys }: { readonly keys: readonly string[] }) {
  const { t, format } = useServices();
  const more = keys.length - firstNamed;
  return (
    <NoteBox tone="warn" icon={TriangleAlert} role="status" className={styles['note']}>
      <strong>{t('tables.missing', { count: keys.length })}</strong>
      <p>
        {more > 0
          ? t('tables.missingMore', {
              keys: keys.slice(0, firstNamed).join(', '),
              count: format.number(more),
            })
          : keys.join(', ')}
      </p>
    </NoteBox>
  );
}
