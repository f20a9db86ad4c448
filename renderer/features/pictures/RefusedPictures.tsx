import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { IconButton } from '../../ui/IconButton';
import styles from './RefusedPictures.module.css';

/** The files of the last drop, choice or paste that are no pictures, each with its reason; nothing vanishes silently. */
export function RefusedPictures() {
  const { t, pictures, errorWords } = useServices();
  const refused = useStore(pictures.store, (state) => state.refused);
  if (refused.length === 0) return null;
  return (
    <div role="alert" className={styles['box']}>
      <p className={styles['head']}>
        <strong>{t('pictures.refused', { count: refused.length })}</strong>
        <IconButton size="sm" icon={X} label={t('common.dismiss')} onClick={pictures.dismissRefused} />
      </p>
      <ul className={styles['list']}>
        {refused.map(({ name, error }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two refused files may share a name, and the list never changes in place
          <li key={`${at} ${name}`}>
            <span className={styles['name']}>{name}</span>
            <span className={styles['reason']}>{errorWords(error).text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
