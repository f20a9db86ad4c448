import { type Attribute, attributeSourceSchema, type RouteProblem } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { Field } from '../../ui/Field';
import { Picker } from '../../ui/Picker';
import { useProblemText } from './Problems';
import { type Place, problemsUnder } from './problem-places';
import styles from './Rules.module.css';
import { attributeHasName } from './route-words';

export interface AttributeFieldsProps {
  /** What the attribute is for: a part of the names of its fields. */
  readonly of: string;
  readonly value: Attribute;
  readonly allowsKey: boolean;
  readonly problems: readonly RouteProblem[];
  readonly place: Place;
  readonly onChange: (attribute: Attribute) => void;
}

/** Where in a request something is read: the kind, and its name where it has one. */
export function AttributeFields({ of, value, allowsKey, problems, place, onChange }: AttributeFieldsProps) {
  const { t } = useServices();
  const { from, name } = value;
  const sources = attributeSourceSchema.options.filter((source) => allowsKey || source !== 'key');
  const problem = useProblemText(problemsUnder(problems, ...place, 'name'));
  return (
    <>
      <Picker
        label={t('routes.fromOf', { of })}
        value={from}
        onChange={(next) => onChange({ from: next, name: attributeHasName({ from: next }) ? name : '' })}
        options={sources.map((source) => ({ value: source, label: t(`routes.from.${source}`) }))}
      />
      {attributeHasName(value) && (
        <Field
          label={t('routes.attributeNameOf', { of })}
          placeholder={t('routes.attributeName')}
          fieldClassName={styles['attributeName']}
          maxLength={128}
          value={name}
          problem={problem}
          onChange={(event) => onChange({ from, name: event.target.value.trim() })}
        />
      )}
    </>
  );
}
