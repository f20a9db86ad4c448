import { Copy } from 'lucide-react';
import { useRef, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import { type AccessToken, tokenScopeSchema } from '../../../app/contract/endpoints';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { CheckBox } from '../../ui/CheckBox';
import { Dialog } from '../../ui/Dialog';
import { ErrorView } from '../../ui/ErrorView';
import { Field } from '../../ui/Field';
import { FormDialog } from '../../ui/FormDialog';
import styles from './EndpointsArea.module.css';

type Scope = AccessToken['scopes'][number];

/** `dialog` "Create a token": a name and what it allows; then the token itself, this once. */
export function CreateToken({ onClose }: { readonly onClose: () => void }) {
  const { t, actions } = useServices();
  const [made, setMade] = useState<{ readonly name: string; readonly token: string } | null>(null);
  if (made === null) return <TokenForm onClose={onClose} onMade={setMade} />;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="narrow"
      title={t('endpoints.createdTitle', { name: made.name })}
      description={t('endpoints.createdText')}
      footer={
        <>
          <Button size="lg" onClick={onClose}>
            {t('endpoints.done')}
          </Button>
          <Button size="lg" look="primary" icon={Copy} onClick={() => void actions.copy(made.token)}>
            {t('endpoints.copyToken')}
          </Button>
        </>
      }
    >
      <div className={styles['form']}>
        <output aria-label={t('endpoints.createdLabel')} className={styles['secret']}>
          {made.token}
        </output>
      </div>
    </Dialog>
  );
}

interface TokenFormProps {
  readonly onClose: () => void;
  readonly onMade: (made: { readonly name: string; readonly token: string }) => void;
}

function TokenForm({ onClose, onMade }: TokenFormProps) {
  const { t, endpoints } = useServices();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['infer', 'read']);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const name = text.trim();
  const unavailable =
    name === ''
      ? t('endpoints.createNeedsName')
      : scopes.length === 0
        ? t('endpoints.createNeedsScope')
        : null;
  const create = (): void => {
    setBusy(true);
    endpoints.createToken(name, [...scopes]).then(
      (token) => onMade({ name, token }),
      (thrown: unknown) => {
        setBusy(false);
        setError(AppError.from(thrown).toWire());
      },
    );
  };
  return (
    <FormDialog
      title={t('endpoints.createTitle')}
      description={t('endpoints.createText')}
      action={t('endpoints.create')}
      unavailable={unavailable}
      isBusy={isBusy}
      initialFocus={field}
      onClose={onClose}
      onSubmit={create}
      className={styles['form']}
    >
      <Field
        ref={field}
        label={t('endpoints.createName')}
        placeholder={t('endpoints.createName')}
        maxLength={64}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <fieldset aria-label={t('endpoints.tokenScopes')} className={styles['scopes']}>
        {tokenScopeSchema.options.map((scope) => (
          <CheckBox
            key={scope}
            label={t(`endpoints.scope.${scope}`)}
            isChecked={scopes.includes(scope)}
            onChange={(isChecked) =>
              setScopes(isChecked ? [...scopes, scope] : scopes.filter((each) => each !== scope))
            }
          >
            <span>{t(`endpoints.scope.${scope}`)}</span>
            <span className={styles['note']}>{t(`endpoints.scopeHelp.${scope}`)}</span>
          </CheckBox>
        ))}
      </fieldset>
      {error && <ErrorView error={error} />}
    </FormDialog>
  );
}
