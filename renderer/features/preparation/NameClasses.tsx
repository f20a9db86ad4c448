import { FileUp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import type { ClassNames, Description } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorView } from '../../ui/ErrorView';
import { TextArea } from '../../ui/TextArea';
import { ClassNamesPreview } from './ClassNamesPreview';
import styles from './NameClasses.module.css';

export interface NameClassesProps {
  readonly description: Description;
  /** Null goes back to what was found. */
  readonly onKeep: (names: readonly string[] | null) => Promise<void>;
  readonly onClose: () => void;
}

/** How long typing rests before the names are read. */
const restMs = 200;
const mostFileBytes = 20_000_000;

/** `dialog` "Name the classes": a list, typed, pasted or from a file, with what each class would be called beside it. */
export function NameClasses({ description, onKeep, onClose }: NameClassesProps) {
  const { t, client } = useServices();
  const { model, version, notes } = description;
  const field = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  /** Null until somebody types: the names as they are. */
  const [text, setText] = useState<string | null>(null);
  const [read, setRead] = useState<ClassNames | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const [isBusy, setBusy] = useState(false);

  useEffect(() => {
    let isStale = false;
    const ask = (): void => {
      client.call('models.classNames', { model, version, text }).then(
        (next) => {
          if (isStale) return;
          setRead(next);
          setError(null);
        },
        (thrown: unknown) => {
          if (isStale) return;
          setRead(null);
          setError(AppError.from(thrown).toWire());
        },
      );
    };
    const timer = setTimeout(ask, text === null ? 0 : restMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [client, model, text, version]);

  const take = async (chosen: File | undefined): Promise<void> => {
    if (!chosen) return;
    if (chosen.size > mostFileBytes) setError(new AppError('CLASS_NAMES_UNREADABLE').toWire());
    else setText(await chosen.text());
  };
  const keep = (names: readonly string[] | null): void => {
    setBusy(true);
    onKeep(names).then(onClose, (thrown: unknown) => {
      setBusy(false);
      setError(AppError.from(thrown).toWire());
    });
  };
  const isSet = notes?.labels.certainty === 'set';
  const canKeep = text !== null && read !== null && read.given.length > 0;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('names.title', { model, version })}
      description={t('names.description')}
      initialFocus={field}
      footer={
        <>
          {isSet && (
            <span className={styles['reset']}>
              <Button size="lg" look="quiet" onClick={() => keep(null)}>
                {t('names.reset')}
              </Button>
            </span>
          )}
          <Button size="lg" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            size="lg"
            look="primary"
            isBusy={isBusy}
            unavailable={canKeep ? null : t('names.nothingToKeep')}
            onClick={() => read && keep(read.given)}
          >
            {t('names.keep')}
          </Button>
        </>
      }
    >
      <div className={styles['body']}>
        <div className={styles['source']}>
          <TextArea
            ref={field}
            className={styles['text']}
            label={t('names.list')}
            placeholder={t('names.placeholder')}
            rows={10}
            value={text ?? (read?.given ?? []).join('\n')}
            onText={setText}
          />
          <div>
            <input
              ref={file}
              type="file"
              hidden
              aria-label={t('names.file')}
              accept=".txt,.json,.csv,.names,.pbtxt,text/*"
              onChange={(event) => void take(event.target.files?.[0])}
            />
            <Button size="sm" icon={FileUp} onClick={() => file.current?.click()}>
              {t('names.file')}
            </Button>
          </div>
        </div>
        <div className={styles['preview']}>
          {error && text !== '' && <ErrorView error={error} />}
          {read && <ClassNamesPreview names={read} />}
        </div>
      </div>
    </Dialog>
  );
}
