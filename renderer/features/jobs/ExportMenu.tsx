import { Download } from 'lucide-react';
import { useState } from 'react';
import { type ExportFormat, exportFormatSchema, type JobView } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Menu } from '../../ui/Menu';

/** Writes what a batch has answered to a file, in one of three formats. */
export function ExportMenu({ job }: { readonly job: JobView }) {
  const { t, jobActions } = useServices();
  const [isWriting, setWriting] = useState(false);
  const write = async (format: ExportFormat): Promise<void> => {
    setWriting(true);
    await jobActions.export(job, format);
    setWriting(false);
  };
  return (
    <Menu
      trigger={
        <Button icon={Download} isBusy={isWriting}>
          {t('jobs.export')}
        </Button>
      }
      entries={exportFormatSchema.options.map((format) => ({
        id: format,
        label: t(`jobs.exportAs.${format}`),
        unavailable: isWriting ? t('jobs.exporting') : null,
        onChoose: () => void write(format),
      }))}
    />
  );
}

/** Writes what a batch over tensors has answered to a file, in the form it was asked for. */
export function ExportPredictions({ job: { id } }: { readonly job: JobView }) {
  const { t, jobActions } = useServices();
  const [isWriting, setWriting] = useState(false);
  const write = async (): Promise<void> => {
    setWriting(true);
    await jobActions.exportPredictions(id);
    setWriting(false);
  };
  return (
    <Button icon={Download} isBusy={isWriting} onClick={() => void write()}>
      {t('jobs.export')}
    </Button>
  );
}
