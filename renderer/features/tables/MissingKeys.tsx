import { TriangleAlert } from 'lucide-react';
import { useServices } from '../../services';
import { Icon } from '../../ui/Icon';
import styles from './MissingKeys.module.css';

const firstNamed = 20;

/** Names the keys that the table lacks. */
export function MissingKeys({ keys }: { readonly keys: readonly string[] }) {
  const { t, format } = useServices();
  const more = keys.length - firstNamed;
  return (
    <div role="status" className={styles['note']}>
      <Icon of={TriangleAlert} />
      <div>
        <strong>{t('tables.missing', { count: keys.length })}</strong>
        <p>
          {more > 0
            ? t('tables.missingMore', {
                keys: keys.slice(0, firstNamed).join(', '),
                count: format.number(more),
              })
            : keys.join(', ')}
        </p>
      </div>
    </div>
  );
}
