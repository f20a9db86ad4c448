import { Pencil, SearchCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Description, InferenceNote, Preprocessing } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { SectionHead } from '../../ui/Panel';
import { narrowWindow, useMedia } from '../../ui/use-media';
import { Warnings } from '../preparation/Warnings';
import { CertaintyChip } from './CertaintyChip';
import styles from './PreprocessingTable.module.css';
import { preprocessingParts } from './preprocessing-form';
import { noteOf, partWords } from './preprocessing-words';

export interface PreprocessingTableProps {
  readonly description: Description;
  readonly preprocessing: Preprocessing;
  readonly onChange: () => void;
  readonly onFind: () => void;
  readonly onName: () => void;
}

/** How a picture becomes the tensor: each part with the reason why, and how sure that is. */
export function PreprocessingTable({
  description,
  preprocessing,
  onChange,
  onFind,
  onName,
}: PreprocessingTableProps) {
  const { t } = useServices();
  const isNarrow = useMedia(narrowWindow); // there the words of the buttons need the room
  const isSet = Object.values(description.notes ?? {}).some(({ certainty }) => certainty === 'set');
  return (
    <section aria-labelledby="preprocessing">
      <SectionHead
        id="preprocessing"
        title={t('playground.preprocessing')}
        note={
          isNarrow
            ? undefined
            : isSet
              ? t('playground.preSet', { version: description.version })
              : t('playground.preInferred')
        }
      >
        <Button
          size="sm"
          look="quiet"
          icon={SearchCheck}
          className={styles['way']}
          aria-label={t('preparation.command')}
          onClick={onFind}
        >
          {t('preparation.short')}
        </Button>
        <Button
          size="sm"
          look="quiet"
          icon={Pencil}
          className={styles['way']}
          aria-label={t('playground.changeName')}
          onClick={onChange}
        >
          {t('playground.change')}
        </Button>
      </SectionHead>
      <dl>
        {preprocessingParts.map((part) => (
          <PartRow
            key={part}
            name={t(`playground.part.${part}`)}
            words={partWords(t, part, preprocessing)}
            note={noteOf(description, part)}
          />
        ))}
        <PartRow
          name={t('playground.part.labels')}
          words={t('playground.labels', { count: description.labelCount })}
          note={noteOf(description, 'labels')}
        >
          <Button size="sm" look="link" aria-label={t('names.open')} onClick={onName}>
            {t('names.openShort')}
          </Button>
        </PartRow>
      </dl>
      <Warnings warnings={description.warnings} className={styles['warnings']} />
    </section>
  );
}

interface PartRowProps {
  readonly name: string;
  readonly words: string;
  readonly note: InferenceNote | null;
  /** What can be done about it. */
  readonly children?: ReactNode;
}

function PartRow({ name, words, note, children }: PartRowProps) {
  const { reason } = useServices();
  return (
    <div className={styles['part']}>
      <dt>{name}</dt>
      <dd className={styles['words']}>
        <div className={styles['what']}>
          <p>
            {words} {children}
          </p>
          {note && <CertaintyChip certainty={note.certainty} />}
        </div>
        {note && <p className={styles['reason']}>{reason(note.reason, note.params)}</p>}
      </dd>
    </div>
  );
}
