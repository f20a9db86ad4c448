import { Dices, Ellipsis, Pin, Scale } from 'lucide-react';
import { useState } from 'react';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { CheckBox } from '../../ui/CheckBox';
import { Chip } from '../../ui/Chip';
import { IconButton } from '../../ui/IconButton';
import { Menu } from '../../ui/Menu';
import { AttributeFields } from './AttributeFields';
import { Problems } from './Problems';
import { problemsBeside, problemsUnder } from './problem-places';
import { RuleFrame } from './RuleFrame';
import styles from './Rules.module.css';
import { attributeWords } from './route-words';
import { SplitEditor } from './SplitEditor';
import { shareEntries } from './share-entries';
import { evenly } from './split';
import { useRouteEditor } from './use-route-editor';

/** Everyone whom no audience means: the split that matters most, and whether people stay with their arm. */
export function ElseCard() {
  const { t } = useServices();
  const { draft, looks, figures, problems, change } = useRouteEditor();
  const [isOpen, setOpen] = useState(false);
  const { split, stickyBy, rules } = draft;
  const count = figures?.rules.find(({ rule }) => rule === null)?.requests;
  const own = problemsUnder(problems, 'stickyBy');
  const hasTrouble = own.length > 0;
  return (
    <RuleFrame
      number={rules.length + 1}
      label={t('routes.everyoneElse')}
      head={
        <>
          <strong className={styles['title']}>
            {t(rules.length === 0 ? 'routes.everyone' : 'routes.everyoneElse')}
          </strong>
          <Chip
            icon={stickyBy ? Pin : Dices}
            title={t(stickyBy ? 'routes.stickyText' : 'routes.notStickyText')}
          >
            {stickyBy
              ? t('routes.stickyBy', { attribute: attributeWords(stickyBy, { t }) })
              : t('routes.notSticky')}
          </Chip>
          <Button
            size="sm"
            look="link"
            aria-expanded={isOpen || hasTrouble}
            aria-label={t('routes.changeSticky')}
            onClick={() => setOpen(!isOpen)}
          >
            {t('routes.change')}
          </Button>
        </>
      }
      actions={
        <>
          {count !== undefined && <span className={styles['count']}>{t('routes.requests', { count })}</span>}
          <Menu
            trigger={<IconButton size="sm" icon={Ellipsis} label={t('routes.moreOfElse')} />}
            entries={[
              ...shareEntries({
                split,
                arms: draft.arms,
                looks,
                t,
                onChange: (next) => change((before) => ({ ...before, split: next })),
              }),
              {
                id: 'evenly',
                icon: Scale,
                label: t('routes.splitEvenly'),
                startsGroup: true,
                unavailable: split.length < 2 ? t('routes.onlyOneShare') : null,
                onChoose: () => change((before) => ({ ...before, split: evenly(before.split) })),
              },
            ]}
          />
        </>
      }
    >
      {(isOpen || hasTrouble) && (
        <fieldset className={styles['form']} aria-label={t('routes.sticky')}>
          <div className={styles['fields']}>
            <CheckBox
              label={t('routes.stickyOn')}
              isChecked={stickyBy !== null}
              onChange={(isOn) =>
                change((before) => ({
                  ...before,
                  stickyBy: isOn ? { from: 'header', name: 'x-user' } : null,
                }))
              }
            >
              {t('routes.stickyOn')}
            </CheckBox>
            {stickyBy && (
              <AttributeFields
                of={t('routes.sticky')}
                value={stickyBy}
                allowsKey={false}
                problems={own}
                place={['stickyBy']}
                onChange={(next) => change((before) => ({ ...before, stickyBy: next }))}
              />
            )}
          </div>
          <Problems problems={problemsBeside(own, [['stickyBy', 'name']])} />
          <p className={styles['note']}>{t('routes.stickyText')}</p>
        </fieldset>
      )}
      <SplitEditor
        split={split}
        rule={null}
        of={null}
        problems={problemsUnder(problems, 'split')}
        onChange={(next) => change((before) => ({ ...before, split: next }))}
      />
    </RuleFrame>
  );
}
