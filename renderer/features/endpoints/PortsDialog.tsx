import { useRef, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import type { EndpointSettings } from '../../../app/contract/endpoints';
import { useServices } from '../../services';
import { ErrorView } from '../../ui/ErrorView';
import { Field } from '../../ui/Field';
import { FormDialog } from '../../ui/FormDialog';
import styles from './EndpointsArea.module.css';

const kinds = ['rest', 'grpc'] as const;
const mostPort = 65_535;

/** Null for nothing, undefined for what is no port. */
function read(text: string): number | null | undefined {
  const typed = text.trim();
  if (typed === '') return null;
  const port = Number(typed);
  return /^\d{1,5}$/.test(typed) && port >= 1 && port <= mostPort ? port : undefined;
}

export interface PortsDialogProps {
  readonly settings: EndpointSettings;
  readonly onClose: () => void;
}

/** `dialog` "Ports": on which ports it listens; an empty one turns that protocol off. */
export function PortsDialog({ settings: { restPort, grpcPort }, onClose }: PortsDialogProps) {
  const { t, endpoints } = useServices();
  const first = useRef<HTMLInputElement>(null);
  const [texts, setTexts] = useState({ rest: String(restPort ?? ''), grpc: String(grpcPort ?? '') });
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const [rest, grpc] = [read(texts.rest), read(texts.grpc)];
  const unavailable =
    rest === undefined || grpc === undefined
      ? t('endpoints.portWrong')
      : rest === null && grpc === null
        ? t('endpoints.portsNone')
        : rest === grpc
          ? t('endpoints.portsSame')
          : null;
  const save = (): void => {
    if (rest === undefined || grpc === undefined) return;
    setBusy(true);
    endpoints.set({ restPort: rest, grpcPort: grpc }).then(onClose, (thrown: unknown) => {
      setBusy(false);
      setError(AppError.from(thrown).toWire());
    });
  };
  return (
    <FormDialog
      title={t('endpoints.portsTitle')}
      description={t('endpoints.portsText')}
      action={t('endpoints.portsSave')}
      unavailable={unavailable}
      isBusy={isBusy}
      initialFocus={first}
      onClose={onClose}
      onSubmit={save}
      className={styles['form']}
    >
      {kinds.map((kind, index) => (
        <div key={kind} className={styles['line']}>
          <span className={styles['label']}>{t(`endpoints.${kind}`)}</span>
          <Field
            ref={index === 0 ? first : undefined}
            label={t(kind === 'rest' ? 'endpoints.restPort' : 'endpoints.grpcPort')}
            inputMode="numeric"
            placeholder={t('endpoints.portOff')}
            value={texts[kind]}
            problem={read(texts[kind]) === undefined ? t('endpoints.portWrong') : null}
            onChange={(event) => setTexts({ ...texts, [kind]: event.target.value })}
          />
        </div>
      ))}
      {error && <ErrorView error={error} />}
    </FormDialog>
  );
}
