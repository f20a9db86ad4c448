import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { ErrorView } from '../../ui/ErrorView';
import { type Fact, FactList } from '../../ui/FactList';
import { useExplanation } from './use-explanation';
import styles from './WhyNotLoaded.module.css';

export interface WhyNotLoadedProps {
  readonly model: Model;
  readonly version: Version;
}

/** Why a version is not loaded, in words: the reason, the failure behind it, since when, who decided and by which rule. */
export function WhyNotLoaded({ model, version }: WhyNotLoadedProps) {
  const { t, format, explanation: sentence, errorWords, rule: ruleWords } = useServices();
  const answer = useExplanation(model, version);
  if (answer.kind === 'asking') return <p className={styles['why']}>{t('common.loading')}</p>;
  if (answer.kind === 'failed') return <ErrorView error={answer.error} />;
  const { error, sinceMs, cause, rule } = answer.explanation;
  const words = error && errorWords(error);
  const rulesText = rule === null ? null : ruleWords(rule);
  const facts: Fact[] = [
    ...(sinceMs === null
      ? []
      : [
          {
            name: t('why.since'),
            value: <time title={format.dateTime(sinceMs)}>{format.time(sinceMs)}</time>,
          },
        ]),
    ...(cause === null ? [] : [{ name: t('why.cause'), value: t(`cause.${cause}`) }]),
    ...(rulesText === null ? [] : [{ name: t('why.rule'), value: rulesText }]),
  ];
  return (
    <div className={styles['why']}>
      <p>{sentence(answer.explanation)}</p>
      {words && (
        <p>
          <strong>{t('common.sentence', { text: words.title })}</strong> {words.text}
          {words.next !== null && ` ${words.next}`}
        </p>
      )}
      <FactList facts={facts} />
    </div>
  );
}
