import type { MessageId } from '../../messages/en';
import { useServices } from '../../services';
import { Dialog } from '../../ui/Dialog';
import { FolderTree } from './FolderTree';
import styles from './LayoutDialog.module.css';

const rules: readonly MessageId[] = [
  'layout.version',
  'layout.model',
  'layout.labels',
  'layout.stable',
  'layout.lone',
];

/** How a folder must look to be a model. */
export function LayoutDialog({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const { t, rich } = useServices();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('layout.title')} description={t('layout.intro')}>
      <div className={styles['columns']}>
        <FolderTree />
        <ul className={styles['rules']}>
          {rules.map((id) => (
            <li key={id}>{rich(id)}</li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}
