import { FolderDown, Image, type LucideIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../services';
import { classes } from '../ui/classes';
import { Icon } from '../ui/Icon';
import styles from './DropOverlay.module.css';
import { type DragKind, dragKind, goesToInput, isBatch, isFileEntry } from './drop-judgement';

/** The whole window takes files and folders, on every page. Names are seen only at the drop, so it promises nothing. */
export function DropOverlay() {
  const { t, adding, batching, pictures, toasts } = useServices();
  const takesInput = useStore(pictures.store, (state) => state.taker !== null);
  const [drag, setDrag] = useState<DragKind | null>(null);
  const [isOverInput, setOverInput] = useState(false);

  useEffect(() => {
    const overInput = (event: DragEvent): boolean =>
      event.target instanceof Element && event.target.closest('[data-drop="input"]') !== null;
    const onDrag = (event: DragEvent): void => {
      const kind = dragKind(event.dataTransfer);
      if (kind === null || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = kind === 'files' ? 'copy' : 'none';
      setDrag(kind);
      setOverInput(overInput(event));
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDrag(null); // it left the window, not just one element
    };
    const onDrop = (event: DragEvent): void => {
      event.preventDefault();
      setDrag(null);
      const entries = [...(event.dataTransfer?.items ?? [])].map((item) => ({
        file: item.getAsFile(),
        isFolder: item.webkitGetAsEntry?.()?.isDirectory ?? false,
      }));
      const found = entries.filter(isFileEntry);
      if (found.length === 0) return;
      const files = found.map(({ file }) => file);
      if (!takesInput || !goesToInput(found, overInput(event))) void adding.takeFiles(files);
      else if (isBatch(found)) void batching.takeFiles(files);
      else pictures.drop(files).catch(toasts.fail);
    };
    window.addEventListener('dragenter', onDrag);
    window.addEventListener('dragover', onDrag);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragenter', onDrag);
      window.removeEventListener('dragover', onDrag);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [adding, batching, pictures, toasts, takesInput]);

  if (drag === null) return null;
  return (
    <div className={styles['overlay']}>
      <div className={styles['frame']}>
        {drag === 'other' ? (
          <Target icon={FolderDown} text={t('drop.onlyFiles')} isMuted />
        ) : (
          <>
            <Target icon={FolderDown} text={t('drop.models')} isMuted={takesInput && isOverInput} />
            {takesInput && <Target icon={Image} text={t('drop.input')} isInput isMuted={!isOverInput} />}
          </>
        )}
      </div>
    </div>
  );
}

interface TargetProps {
  readonly icon: LucideIcon;
  readonly text: string;
  readonly isInput?: boolean;
  readonly isMuted?: boolean;
}

function Target({ icon, text, isInput = false, isMuted = false }: TargetProps) {
  return (
    <div className={styles['target']} data-drop={isInput ? 'input' : 'models'}>
      <div className={classes(styles['card'], isMuted && styles['muted'])} role="status">
        <Icon of={icon} size={20} />
        <p>{text}</p>
      </div>
    </div>
  );
}
