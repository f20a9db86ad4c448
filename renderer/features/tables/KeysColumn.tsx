import { mostKeys } from '../../../app/contract/tables';
import { useServices } from '../../services';
import { FactList } from '../../ui/FactList';
import { SectionHead } from '../../ui/Panel';
import { TextArea } from '../../ui/TextArea';
import columns from '../playground/Columns.module.css';
import styles from './KeysColumn.module.css';
import type { TableFacts } from './table-facts';
import { formatWords, sizeWords, typeWords } from './table-words';

export interface KeysColumnProps {
  readonly text: string;
  /** How many keys the text holds. */
  readonly count: number;
  readonly facts: TableFacts;
  readonly onText: (text: string) => void;
}

/** What goes in: the keys; and what the table is that they are looked up in. */
export function KeysColumn({ text, count, facts, onText }: KeysColumnProps) {
  const { t, format } = useServices();
  return (
    <section className={columns['in']} aria-labelledby="keys-heading">
      <SectionHead
        level={2}
        id="keys-heading"
        title={t('tables.keys')}
        note={count === 0 ? t('tables.keysNote') : t('tables.keysCount', { count })}
      />
      <TextArea
        label={t('tables.keys')}
        placeholder={t('tables.keysPlaceholder')}
        className={styles['text']}
        value={text}
        onText={onText}
      />
      {count > mostKeys ? (
        <p role="alert" className={styles['problem']}>
          {t('common.sentence', { text: t('tables.tooManyKeys', { most: format.number(mostKeys) }) })}
        </p>
      ) : (
        <p className={styles['hint']}>{t('tables.keysHint')}</p>
      )}
      <section aria-labelledby="table-facts">
        <SectionHead id="table-facts" title={t('tables.table')} />
        <FactList
          facts={[
            { name: t('tables.size'), value: sizeWords(t, facts) },
            { name: t('tables.type'), value: typeWords(t, facts) },
            { name: t('tables.file'), value: facts.file, isMono: true },
            { name: t('tables.format'), value: formatWords(t, facts) },
          ]}
        />
      </section>
    </section>
  );
}
