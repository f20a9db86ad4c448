import { useServices } from '../../services';
import { AlertDialog } from '../../ui/AlertDialog';

export interface RemoveDialogProps {
  readonly name: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks before a model leaves the list; its files stay. */
export function RemoveDialog({ name, isOpen, onClose }: RemoveDialogProps) {
  const { t, actions } = useServices();
  return (
    <AlertDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('remove.title', { model: name })}
      text={t('remove.text')}
      action={t('remove.action')}
      onConfirm={() => void actions.remove(name)}
    />
  );
}
