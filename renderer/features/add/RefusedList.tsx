import { OctagonAlert } from 'lucide-react';
import { useId } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { selectModel } from '../../stores/models';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import styles from './AddSheet.module.css';
import type { RefusedItem } from './add-draft';

export interface RefusedListProps {
  readonly items: readonly RefusedItem[];
  readonly hasTitle: boolean;
}

/** What cannot be added as it is: each with its reason and a next step, nothing vanishes. */
export function RefusedList({ items, hasTitle }: RefusedListProps) {
  const { t } = useServices();
  const titleId = useId();
  return (
    <>
      <h3 id={titleId} className={hasTitle ? styles['subHead'] : 'visually-hidden'}>
        {t('adding.refused')}
      </h3>
      <ul aria-labelledby={titleId}>
        {items.map((item) => (
          <Refusal key={item.id} item={item} />
        ))}
      </ul>
    </>
  );
}

function Refusal({ item }: { readonly item: RefusedItem }) {
  const { t, errorWords, router, adding, models } = useServices();
  const { text, next } = errorWords(item.error);
  const { code, params } = item.error;
  const name = params['name'] ?? item.source;
  const already = code === 'DROP_ALREADY_ADDED' ? (params['model'] ?? name) : null;
  const known = useStore(models.store, selectModel(already))?.name;
  return (
    <li className={styles['refusal']}>
      <Icon of={OctagonAlert} />
      <div className={styles['words']}>
        <p>
          <Sentence text={text} name={name} />
        </p>
        {next !== null && known === undefined && <p className={styles['next']}>{next}</p>}
      </div>
      {known !== undefined && (
        <Button
          size="sm"
          aria-label={t('adding.goToNamed', { name: known })}
          onClick={() => {
            adding.close();
            router.navigate({ area: 'models', model: known, tab: 'versions' });
          }}
        >
          {t('adding.goTo')}
        </Button>
      )}
    </li>
  );
}

/** The reason with the name of what was dropped set off; the name goes before a reason that does not hold it. */
function Sentence({ text, name }: { readonly text: string; readonly name: string }) {
  const at = text.indexOf(name);
  const [before, after] = at < 0 ? ['', `: ${text}`] : [text.slice(0, at), text.slice(at + name.length)];
  return (
    <>
      {before}
      <strong>{name}</strong>
      {after}
    </>
  );
}
