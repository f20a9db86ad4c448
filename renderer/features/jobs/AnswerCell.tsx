import { OctagonAlert } from 'lucide-react';
import { type ErrorCode, errorCodes } from '../../../app/base/errors';
import type { ResultRow } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { Icon } from '../../ui/Icon';
import styles from './Results.module.css';

type Answer = ResultRow['answers'][number];

const isKnown = (code: string): code is ErrorCode => (errorCodes as readonly string[]).includes(code);

/** Why there is no answer, in a few words. */
export function useFailureWords(): (code: string) => string {
  const { errorWords } = useServices();
  return (code) =>
    isKnown(code) ? errorWords({ code, status: 'INTERNAL', params: {}, detail: '' }).title : code;
}

/** What one version said first, and how sure it was; or why it said nothing. */
export function AnswerCell({ answer }: { readonly answer: Answer | undefined }) {
  const { format } = useServices();
  const failureWords = useFailureWords();
  if (!answer) return <td />;
  if (answer.class === null) {
    const words = failureWords(answer.error ?? '');
    return (
      <td title={words}>
        <span className={styles['failed']}>
          <Icon of={OctagonAlert} size={14} />
          <span className={styles['cut']}>{words}</span>
        </span>
      </td>
    );
  }
  return (
    <td title={answer.class}>
      <span className={styles['answer']}>
        <span className={styles['cut']}>{answer.class}</span>
        {answer.probability !== null && (
          <span className={styles['number']}>{format.probability(answer.probability)}</span>
        )}
      </span>
    </td>
  );
}
