import { useServices } from '../../services';
import { CheckBox } from '../../ui/CheckBox';
import { classes } from '../../ui/classes';
import { Field } from '../../ui/Field';
import { Picker } from '../../ui/Picker';
import tableStyles from '../../ui/Table.module.css';
import styles from './AddSheet.module.css';
import {
  type AddableItem,
  type AddDraft,
  type AddDrafts,
  type nameProblem,
  type StartPolicy,
  startPolicies,
} from './add-draft';

type NameProblem = ReturnType<typeof nameProblem>;

export interface AddTableProps {
  readonly items: readonly AddableItem[];
  readonly drafts: AddDrafts;
  readonly problems: ReadonlyMap<string, NameProblem>;
  readonly onChange: (id: string, part: Partial<AddDraft>) => void;
}

/** What can be added: tick, name, what was found, and how it starts. */
export function AddTable({ items, drafts, problems, onChange }: AddTableProps) {
  const { t } = useServices();
  const hasVersions = items.some((item) => item.kind === 'version' && item.targets.length > 0);
  return (
    <table className={classes(tableStyles['table'], styles['table'])} aria-label={t('adding.table')}>
      <colgroup>
        <col className={styles['colTick']} />
        <col />
        {hasVersions && <col className={styles['colAs']} />}
        <col className={styles['colVersions']} />
        <col className={styles['colSize']} />
        <col className={styles['colPolicy']} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">{t('adding.column.add')}</span>
          </th>
          <th scope="col">{t('adding.column.name')}</th>
          {hasVersions && <th scope="col">{t('adding.column.as')}</th>}
          <th scope="col">{t('adding.column.versions')}</th>
          <th scope="col" className={tableStyles['end']}>
            {t('adding.column.size')}
          </th>
          <th scope="col">{t('adding.column.policy')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => {
          const draft = drafts.get(item.id);
          return (
            draft && (
              <AddRow
                key={item.id}
                item={item}
                draft={draft}
                hasAs={hasVersions}
                problem={problems.get(item.id) ?? null}
                onChange={(part) => onChange(item.id, part)}
              />
            )
          );
        })}
      </tbody>
    </table>
  );
}

interface AddRowProps {
  readonly item: AddableItem;
  readonly draft: AddDraft;
  readonly hasAs: boolean;
  readonly problem: NameProblem;
  readonly onChange: (part: Partial<AddDraft>) => void;
}

const shownVersions = 6;
const newModel = '';

function AddRow({ item, draft, hasAs, problem, onChange }: AddRowProps) {
  const { t, format } = useServices();
  const { name } = item;
  const versions = item.kind === 'model' ? item.versions : [];
  const shown = versions.slice(0, shownVersions).join(', ');
  const isNew = draft.asVersionOf === null;
  return (
    <tr aria-label={name} title={item.source}>
      <td>
        <CheckBox
          label={t('adding.tick', { name })}
          isChecked={draft.isTicked}
          onChange={(isTicked) => onChange({ isTicked })}
        />
      </td>
      <td>
        {isNew ? (
          <Field
            label={t('adding.name', { name })}
            value={draft.name}
            disabled={!draft.isTicked}
            problem={problem === null ? null : t(problem)}
            fieldClassName={styles['name']}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        ) : (
          <span className={styles['cut']}>{item.source}</span>
        )}
      </td>
      {hasAs && (
        <td>
          {item.kind === 'version' && item.targets.length > 0 && (
            <Picker
              label={t('adding.as', { name })}
              className={styles['wide']}
              value={draft.asVersionOf ?? newModel}
              isDisabled={!draft.isTicked}
              onChange={(target) => onChange({ asVersionOf: target === newModel ? null : target })}
              options={[
                ...item.targets.map(({ model, nextVersion }) => ({
                  value: model,
                  label: t('adding.asNext', { model, version: nextVersion }),
                })),
                { value: newModel, label: t('adding.asNew') },
              ]}
            />
          )}
        </td>
      )}
      <td title={versions.join(', ')}>
        {versions.length > shownVersions
          ? t('adding.versionsMore', { versions: shown, count: versions.length - shownVersions })
          : shown || '1'}
      </td>
      <td className={tableStyles['end']}>{format.bytes(item.sizeBytes)}</td>
      <td>
        {isNew && (
          <Picker<StartPolicy>
            label={t('adding.policy', { name })}
            className={styles['wide']}
            value={draft.policy}
            isDisabled={!draft.isTicked}
            onChange={(policy) => onChange({ policy })}
            options={startPolicies.map((policy) => ({ value: policy, label: t(`adding.policy.${policy}`) }))}
          />
        )}
      </td>
    </tr>
  );
}
