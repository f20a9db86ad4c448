import { FileBox, FileText, Folder, type LucideIcon } from 'lucide-react';
import { useServices } from '../../services';
import { Icon } from '../../ui/Icon';
import styles from './FolderTree.module.css';

const lines: readonly {
  readonly id: string;
  readonly depth: number;
  readonly icon: LucideIcon;
  readonly name: string;
}[] = [
  { id: 'digits', depth: 0, icon: Folder, name: 'digits' },
  { id: '1', depth: 1, icon: Folder, name: '1' },
  { id: '1/model', depth: 2, icon: FileBox, name: 'model.onnx' },
  { id: '1/labels', depth: 2, icon: FileText, name: 'labels.txt' },
  { id: '2', depth: 1, icon: Folder, name: '2' },
  { id: '2/model', depth: 2, icon: FileBox, name: 'model.onnx' },
];

/** A model folder as a small tree. */
export function FolderTree() {
  const { t } = useServices();
  return (
    <ul className={styles['tree']} aria-label={t('welcome.treeLabel')}>
      {lines.map(({ id, depth, icon, name }) => (
        <li key={id} className={styles[`depth${depth}`]}>
          <Icon of={icon} size={14} />
          {name}
        </li>
      ))}
    </ul>
  );
}
