import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import dialogStyles from './LabelsDialog.module.css';
import { WhyNotLoaded } from './WhyNotLoaded';

export interface WhyDialogProps {
  readonly model: Model;
  readonly version: Version;
  readonly onClose: () => void;
}

/** `dialog` "Why is digits version 1 not loaded?". */
export function WhyDialog({ model, version, onClose }: WhyDialogProps) {
  const { t } = useServices();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="narrow"
      title={t('why.title', { model: model.name, version: version.version })}
      footer={
        <Button size="lg" onClick={onClose}>
          {t('common.close')}
        </Button>
      }
    >
      <div className={dialogStyles['body']}>
        <WhyNotLoaded model={model} version={version} />
      </div>
    </Dialog>
  );
}
