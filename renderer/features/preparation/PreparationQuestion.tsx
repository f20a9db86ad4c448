import { CircleHelp } from 'lucide-react';
import { useId, useState } from 'react';
import type { Description, Preprocessing } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { NoteBox } from '../../ui/NoteBox';
import { guessesOf } from './guesses';
import styles from './PreparationQuestion.module.css';

export interface PreparationQuestionProps {
  readonly description: Description;
  readonly onKeep: (preprocessing: Preprocessing) => Promise<void>;
  /** Opens the search for the right way. */
  readonly onFind: () => void;
}

/** Asks whether what was guessed about a version's pictures is right. Nothing once a person has said it, or where nothing was guessed. */
export function PreparationQuestion({ description, onKeep, onFind }: PreparationQuestionProps) {
  const { t, format, reason, toasts } = useServices();
  const id = useId();
  const [isKeeping, setKeeping] = useState(false);
  const { model, version, preprocessing } = description;
  const guesses = guessesOf(description, t);
  if (preprocessing === null || guesses.length === 0) return null;
  const confirm = (): void => {
    setKeeping(true);
    onKeep(preprocessing)
      .catch(toasts.fail)
      .finally(() => setKeeping(false));
  };
  return (
    <section aria-labelledby={id}>
      <NoteBox
        tone="warn"
        icon={CircleHelp}
        buttons={
          <>
            <Button size="sm" aria-label={t('preparation.findNamed', { model, version })} onClick={onFind}>
              {t('preparation.find')}
            </Button>
            <Button
              size="sm"
              look="quiet"
              isBusy={isKeeping}
              aria-label={t('preparation.rightNamed', { model, version })}
              onClick={confirm}
            >
              {t('preparation.right')}
            </Button>
          </>
        }
      >
        <h3 id={id} className={styles['question']}>
          {t('preparation.question', { version })}
        </h3>
        <p>{t('preparation.why')}</p>
        <ul className={styles['guesses']}>
          {guesses.map(({ part, words, note, others }) => (
            <li key={part}>
              <strong>{t('preparation.guess', { part: t(`playground.part.${part}`), words })}</strong>{' '}
              {reason(note.reason, note.params)}{' '}
              {others.length > 0 && t('preparation.others', { others: format.either(others) })}
            </li>
          ))}
        </ul>
      </NoteBox>
    </section>
  );
}
