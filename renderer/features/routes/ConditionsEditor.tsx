import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { type Condition, conditionSchema, type RouteProblem } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { IconButton } from '../../ui/IconButton';
import { Picker } from '../../ui/Picker';
import { AttributeFields } from './AttributeFields';
import { Problems, useProblemText } from './Problems';
import { problemsBeside, problemsUnder } from './problem-places';
import styles from './Rules.module.css';
import { takesValues } from './route-words';
import { formatValues, parseValues } from './values-text';

export interface ConditionsEditorProps {
  /** The rule's place among the rules. */
  readonly rule: number;
  readonly conditions: readonly Condition[];
  readonly problems: readonly RouteProblem[];
  readonly onChange: (conditions: Condition[]) => void;
}

const blank: Condition = { from: 'header', name: '', test: 'is', values: [] };

/** Who is meant: requests that fit every condition. */
export function ConditionsEditor({ rule, conditions, problems, onChange }: ConditionsEditorProps) {
  const { t } = useServices();
  const place = ['rules', rule, 'when'] as const;
  const own = problemsUnder(problems, ...place);
  return (
    <fieldset className={styles['form']} aria-label={t('routes.conditions')}>
      <span className={styles['legend']}>{t('routes.conditionsText')}</span>
      {conditions.map((condition, at) => (
        <ConditionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition has no name of its own
          key={at}
          at={at}
          condition={condition}
          problems={own}
          place={[...place, at]}
          onChange={(next) => onChange(conditions.with(at, next))}
          onRemove={() => onChange(conditions.toSpliced(at, 1))}
        />
      ))}
      <Problems
        problems={problemsBeside(
          own,
          conditions.map((_, at) => [...place, at]),
        )}
      />
      <div>
        <Button size="sm" look="quiet" icon={Plus} onClick={() => onChange([...conditions, blank])}>
          {t('routes.addCondition')}
        </Button>
      </div>
    </fieldset>
  );
}

interface ConditionRowProps {
  readonly at: number;
  readonly condition: Condition;
  readonly problems: readonly RouteProblem[];
  readonly place: RouteProblem['place'];
  readonly onChange: (condition: Condition) => void;
  readonly onRemove: () => void;
}

function ConditionRow({ at, condition, problems, place, onChange, onRemove }: ConditionRowProps) {
  const { t } = useServices();
  const [text, setText] = useState<string | null>(null); // null while nobody types
  const { test, values } = condition;
  /** What nobody has filled in yet is not called wrong. */
  const [isTouched, setTouched] = useState(condition.name !== '' || values.length > 0);
  const of = t('routes.conditionNumber', { number: at + 1 });
  const valuesProblem = useProblemText(problemsUnder(problems, ...place, 'values'));
  const beside = problemsBeside(problemsUnder(problems, ...place), [
    [...place, 'name'],
    ...(takesValues(test) ? [[...place, 'values']] : []),
  ]);
  return (
    <div>
      <fieldset className={styles['condition']} aria-label={of} onBlur={() => setTouched(true)}>
        <div className={styles['fields']}>
          <AttributeFields
            of={of}
            value={condition}
            allowsKey
            problems={isTouched ? problems : []}
            place={place}
            onChange={(attribute) => onChange({ ...condition, ...attribute })}
          />
          <Picker
            label={t('routes.testOf', { of })}
            value={test}
            onChange={(next) =>
              onChange({ ...condition, test: next, values: takesValues(next) ? values : [] })
            }
            options={conditionSchema.shape.test.options.map((value) => ({
              value,
              label: t(`routes.test.${value}`),
            }))}
          />
          {takesValues(test) && (
            <Field
              label={t('routes.valuesOf', { of })}
              placeholder={t('routes.values')}
              title={t('routes.valuesHelp')}
              fieldClassName={styles['values']}
              value={text ?? formatValues(values)}
              problem={isTouched ? valuesProblem : null}
              onBlur={() => setText(null)}
              onChange={(event) => {
                setText(event.target.value);
                onChange({ ...condition, values: parseValues(event.target.value) });
              }}
            />
          )}
        </div>
        <IconButton size="sm" icon={X} label={t('routes.removeCondition', { of })} onClick={onRemove} />
      </fieldset>
      <Problems problems={beside} />
    </div>
  );
}
