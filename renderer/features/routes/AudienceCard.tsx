import {
  ArrowDown,
  ArrowRight,
  ArrowUp,
  ChevronDown,
  ChevronUp,
  Ellipsis,
  Scale,
  Trash2,
  Users,
} from 'lucide-react';
import { useState } from 'react';
import type { RouteProblem, Rule } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { Chip } from '../../ui/Chip';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { IconButton } from '../../ui/IconButton';
import { Menu } from '../../ui/Menu';
import { ArmName } from './ArmMark';
import { lookOf } from './arm-look';
import { ConditionsEditor } from './ConditionsEditor';
import { Problems } from './Problems';
import { problemsUnder } from './problem-places';
import { RuleFrame } from './RuleFrame';
import styles from './Rules.module.css';
import { moved, withChangedRule, withoutRule } from './route-draft';
import { conditionWords } from './route-words';
import { SplitEditor } from './SplitEditor';
import { shareEntries } from './share-entries';
import { evenly } from './split';
import { useRouteEditor } from './use-route-editor';

export interface AudienceCardProps {
  readonly rule: Rule;
  readonly at: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** One audience: who is meant, and who answers them. Closed it is two lines; open it can be changed. */
export function AudienceCard({ rule, at, isOpen, onToggle }: AudienceCardProps) {
  const { t, format } = useServices();
  const { draft, looks, figures, problems, dryRun, change } = useRouteEditor();
  const own = problemsUnder(problems, 'rules', at);
  const count = figures?.rules.find((each) => each.rule === rule.id)?.requests;
  const fitting = dryRun?.rules.find((each) => each.rule === rule.id)?.requests;
  const move = (step: -1 | 1): void =>
    change((before) => ({ ...before, rules: moved(before.rules, at, step) }));
  const set = (part: Partial<Rule>): void => change((before) => withChangedRule(before, at, part));
  const name = t('routes.audienceNamed', { name: rule.name });
  return (
    <RuleFrame
      number={at + 1}
      label={name}
      head={
        <>
          <strong className={styles['title']} title={rule.name}>
            {name}
          </strong>
          {!isOpen &&
            rule.when.map((condition) => {
              const words = conditionWords(condition, { t, format });
              return (
                <Chip key={words} icon={Users} title={words}>
                  {words}
                </Chip>
              );
            })}
        </>
      }
      actions={
        <>
          {count !== undefined && <span className={styles['count']}>{t('routes.requests', { count })}</span>}
          {draft.rules.length > 1 && (
            <>
              <IconButton
                size="sm"
                icon={ArrowUp}
                label={t('routes.moveUpNamed', { name: rule.name })}
                isDisabled={at === 0}
                onClick={() => move(-1)}
              />
              <IconButton
                size="sm"
                icon={ArrowDown}
                label={t('routes.moveDownNamed', { name: rule.name })}
                isDisabled={at === draft.rules.length - 1}
                onClick={() => move(1)}
              />
            </>
          )}
          <IconButton
            size="sm"
            icon={isOpen ? ChevronUp : ChevronDown}
            label={t(isOpen ? 'routes.closeRule' : 'routes.openRule', { name: rule.name })}
            aria-expanded={isOpen}
            onClick={onToggle}
          />
          <Menu
            trigger={
              <IconButton size="sm" icon={Ellipsis} label={t('routes.moreOfRule', { name: rule.name })} />
            }
            entries={[
              {
                id: 'up',
                icon: ArrowUp,
                label: t('routes.moveUp'),
                unavailable: at === 0 ? t('routes.isFirst') : null,
                onChoose: () => move(-1),
              },
              {
                id: 'down',
                icon: ArrowDown,
                label: t('routes.moveDown'),
                unavailable: at === draft.rules.length - 1 ? t('routes.isLast') : null,
                onChoose: () => move(1),
              },
              ...shareEntries({
                split: rule.split,
                arms: draft.arms,
                looks,
                t,
                onChange: (split) => set({ split }),
              }),
              {
                id: 'evenly',
                icon: Scale,
                label: t('routes.splitEvenly'),
                unavailable: rule.split.length < 2 ? t('routes.onlyOneShare') : null,
                onChoose: () => set({ split: evenly(rule.split) }),
              },
              {
                id: 'remove',
                icon: Trash2,
                label: t('routes.removeRule'),
                isDanger: true,
                startsGroup: true,
                onChoose: () => change((before) => withoutRule(before, at)),
              },
            ]}
          />
        </>
      }
    >
      {isOpen ? (
        <>
          <RuleName name={rule.name} onName={(next) => set({ name: next })} />
          <ConditionsEditor
            rule={at}
            conditions={rule.when}
            problems={own}
            onChange={(when) => set({ when })}
          />
          <SplitEditor
            split={rule.split}
            rule={rule.id}
            of={rule.name}
            problems={problemsUnder(own, 'rules', at, 'split')}
            onChange={(split) => set({ split })}
          />
          <Problems problems={problemsUnder(own, 'rules', at, 'id')} />
        </>
      ) : (
        <>
          <div className={styles['line']}>
            <Icon of={ArrowRight} />
            {rule.split.map(({ arm, weight }) => (
              <span key={arm} className={styles['pair']}>
                <ArmName look={lookOf(looks, arm)} />
                {t('routes.percent', { value: weight })}
              </span>
            ))}
            {dryRun && fitting !== undefined && dryRun.requests > 0 && (
              <span className={styles['note']}>
                {t('routes.dryRunFits', { share: format.percent(fitting / dryRun.requests) })}
              </span>
            )}
          </div>
          <ProblemsOnce problems={own} />
        </>
      )}
    </RuleFrame>
  );
}

/** Closed, the card says what is wrong inside, each thing once. */
function ProblemsOnce({ problems }: { readonly problems: readonly RouteProblem[] }) {
  const { routeProblem } = useServices();
  const texts = problems.map(routeProblem);
  return <Problems problems={problems.filter((_, at) => texts.indexOf(texts[at] ?? '') === at)} />;
}

/** An audience always has a name: a field left empty goes back to the last one. */
function RuleName({ name, onName }: { readonly name: string; readonly onName: (name: string) => void }) {
  const { t } = useServices();
  const [text, setText] = useState<string | null>(null);
  const isEmpty = text !== null && text.trim() === '';
  return (
    <div className={styles['fields']}>
      <Field
        label={t('routes.ruleName')}
        fieldClassName={styles['name']}
        maxLength={80}
        autoFocus
        value={text ?? name}
        problem={isEmpty ? t('routes.ruleNameMissing') : null}
        onFocus={(event) => event.target.select()}
        onBlur={() => setText(null)}
        onChange={(event) => {
          setText(event.target.value);
          if (event.target.value.trim() !== '') onName(event.target.value.trim());
        }}
      />
    </div>
  );
}
