import { useState } from 'react';
import type { Description, InferenceNote, TensorInfo } from '../../../app/contract/inference';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorView } from '../../ui/ErrorView';
import { SectionHead } from '../../ui/Panel';
import { Skeleton } from '../../ui/Skeleton';
import tableStyles from '../../ui/Table.module.css';
import { useDescription } from '../playground/use-description';
import { tableFacts } from '../tables/table-facts';
import { formatWords, sizeWords, typeWords } from '../tables/table-words';
import { newestAvailable } from './model-state';
import styles from './SignatureTab.module.css';
import { VersionPicker } from './VersionPicker';

export interface SignatureTabProps {
  readonly model: Model;
  /** The version whose row had the focus is shown first. */
  readonly focused: number | null;
}

/** What a version takes and gives, as its file says. */
export function SignatureTab({ model, focused }: SignatureTabProps) {
  const { t, descriptions } = useServices();
  const first = focused ?? newestAvailable(model)?.version ?? model.versions[0]?.version;
  const [chosen, setChosen] = useState(first);
  const version = model.versions.find((each) => each.version === chosen) ?? model.versions[0];
  const isAvailable = version?.lifecycle === 'available';
  const entry = useDescription(model.name, version?.version, isAvailable);
  if (!version) return <EmptyState heading={t('versions.none', { model: model.name })} />;
  const ref = { model: model.name, version: version.version };

  return (
    <div className={styles['scroll']}>
      <VersionPicker versions={model.versions} value={version.version} onChange={setChosen} />
      {entry?.kind === 'ready' ? (
        <Signature description={entry.description} />
      ) : entry?.kind === 'failed' ? (
        <ErrorView size="page" error={entry.error} onRetry={() => void descriptions.load(ref)} />
      ) : isAvailable ? (
        <Skeleton rows={5} />
      ) : (
        <EmptyState
          size="inline"
          heading={t('signature.notLoaded', { version: version.version })}
          text={t('signature.notLoadedText')}
        />
      )}
    </div>
  );
}

function Signature({ description }: { readonly description: Description }) {
  const { t, format } = useServices();
  const { version, inputs, outputs, metadata, classCount, labelCount, warnings } = description;
  const table = tableFacts(description);
  const classWords =
    classCount === null
      ? ''
      : t(
          labelCount === 0
            ? 'signature.classesUnnamed'
            : labelCount === classCount
              ? 'signature.classesAllNamed'
              : 'signature.classesNamed',
          { classes: format.number(classCount), labels: format.number(labelCount) },
        );
  const facts: readonly (readonly [string, string])[] = table
    ? [
        [t('tables.size'), sizeWords(t, table)],
        [t('tables.type'), typeWords(t, table)],
        [t('tables.file'), table.file],
        [t('tables.format'), formatWords(t, table)],
      ]
    : [
        [description.preprocessing ? t('signature.classifier') : t('signature.notClassifier'), classWords],
        [t('signature.producer'), description.producer || t('signature.unknown')],
        ...(description.irVersion === null
          ? []
          : [[t('signature.ir'), String(description.irVersion)] as const]),
        ...(description.opsets.length === 0
          ? []
          : [
              [
                t('signature.opsets'),
                description.opsets
                  .map(({ domain, version: opset }) => `${domain || 'ai.onnx'} ${opset}`)
                  .join(', '),
              ] as const,
            ]),
      ];
  const notes = description.notClassifier && !table ? [description.notClassifier, ...warnings] : warnings;
  return (
    <>
      <Tensors
        title={t('signature.inputs')}
        label={t('signature.inputsTable', { version })}
        tensors={inputs}
      />
      <Tensors
        title={t('signature.outputs')}
        label={t('signature.outputsTable', { version })}
        tensors={outputs}
      />
      {notes.length > 0 && <Notes notes={notes} />}
      <section className={styles['section']}>
        <SectionHead title={table ? t('tables.table') : t('signature.file')} />
        <Pairs label={t('signature.fileTable', { version })} pairs={facts} />
      </section>
      {!table && (
        <section className={styles['section']}>
          <SectionHead title={t('signature.metadata')} />
          {Object.keys(metadata).length === 0 ? (
            <p className={styles['label']}>{t('signature.noMetadata')}</p>
          ) : (
            <Pairs label={t('signature.metadata')} pairs={Object.entries(metadata)} />
          )}
        </section>
      )}
    </>
  );
}

interface TensorsProps {
  readonly title: string;
  readonly label: string;
  readonly tensors: readonly TensorInfo[];
}

function Tensors({ title, label, tensors }: TensorsProps) {
  const { t } = useServices();
  const shapeWords = (shape: TensorInfo['shape']): string =>
    shape.map((size) => (size === '' ? t('signature.anySize') : String(size))).join(' × ');
  return (
    <section className={styles['section']}>
      <SectionHead title={title} />
      <table className={classes(tableStyles['table'], tableStyles['tight'])} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t('signature.column.name')}</th>
            <th scope="col">{t('signature.column.type')}</th>
            <th scope="col">{t('signature.column.shape')}</th>
          </tr>
        </thead>
        <tbody>
          {tensors.map(({ name, dtype, shape }) => (
            <tr key={name}>
              <th scope="row" title={name}>
                <code>{name}</code>
              </th>
              <td>{dtype}</td>
              <td>{shapeWords(shape)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Notes({ notes }: { readonly notes: readonly InferenceNote[] }) {
  const { t, reason } = useServices();
  return (
    <section className={styles['section']}>
      <SectionHead title={t('signature.warnings')} />
      <ul className={styles['notes']}>
        {notes.map((note) => (
          <li key={note.reason}>{reason(note.reason, note.params)}</li>
        ))}
      </ul>
    </section>
  );
}

interface PairsProps {
  readonly label: string;
  readonly pairs: readonly (readonly [string, string])[];
}

function Pairs({ label, pairs }: PairsProps) {
  return (
    <table
      className={classes(tableStyles['table'], tableStyles['tight'], styles['pairs'])}
      aria-label={label}
    >
      <tbody>
        {pairs.map(([name, value]) => (
          <tr key={name}>
            <th scope="row" title={name}>
              {name}
            </th>
            <td title={value}>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
