import { useServices } from '../../services';
import styles from './RouteDetail.module.css';
import { attributeWords } from './route-words';
import { useRouteEditor } from './use-route-editor';

/** What a caller must send to stay with its arm, and what every answer says. */
export function StickyNote() {
  const { t } = useServices();
  const { draft } = useRouteEditor();
  const { stickyBy } = draft;
  return (
    <p className={styles['note']}>
      {stickyBy
        ? t('routes.callSticky', { attribute: attributeWords(stickyBy, { t }) })
        : t('routes.callNotSticky')}
    </p>
  );
}
