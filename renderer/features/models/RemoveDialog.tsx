import { useState } from 'react';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { AlertDialog } from '../../ui/AlertDialog';
import { CheckBox } from '../../ui/CheckBox';
import styles from './RemoveDialog.module.css';

export interface RemoveDialogProps {
  readonly model: Model;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks before a model leaves the list. Its files stay; those that Slipway copied itself may go as well. */
export function RemoveDialog({ model, isOpen, onClose }: RemoveDialogProps) {
  const { t, actions } = useServices();
  const [deletesCopies, setDeletesCopies] = useState(false);
  const { name, holdsCopies } = model;
  const close = (): void => {
    setDeletesCopies(false);
    onClose();
  };
  return (
    <AlertDialog
      isOpen={isOpen}
      onClose={close}
      title={t('remove.title', { model: name })}
      text={t(holdsCopies ? 'remove.copiesText' : 'remove.text')}
      action={t('remove.action')}
      onConfirm={() => void actions.remove(name, deletesCopies)}
    >
      {holdsCopies && (
        <CheckBox label={t('remove.deleteCopies')} isChecked={deletesCopies} onChange={setDeletesCopies}>
          <span className={styles['choice']}>
            {t('remove.deleteCopies')}
            <span className={styles['hint']}>{t('remove.deleteCopiesHint')}</span>
          </span>
        </CheckBox>
      )}
    </AlertDialog>
  );
}
