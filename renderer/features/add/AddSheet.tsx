import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { AppError, type WireError } from '../../../app/base/errors';
import type { Offer } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorView } from '../../ui/ErrorView';
import styles from './AddSheet.module.css';
import { AddTable } from './AddTable';
import {
  type AddDraft,
  type AddDrafts,
  addWords,
  draftsOf,
  isAddable,
  isRefused,
  memoryOf,
  nameProblem,
  wishesOf,
} from './add-draft';
import { RefusedList } from './RefusedList';

/** `dialog` "Add models": what was found, one line an item; what cannot be added stays, with its reason. */
export function AddSheet() {
  const { adding } = useServices();
  const offer = useStore(adding.store, (state) => state.offer);
  const [last, setLast] = useState<Offer | null>(null);
  if (offer !== null && offer !== last) setLast(offer);
  // the sheet keeps its content while it leaves
  return last && <Sheet key={last.ticket + last.items.length} offer={last} isOpen={offer !== null} />;
}

function Sheet({ offer, isOpen }: { readonly offer: Offer; readonly isOpen: boolean }) {
  const { t, adding, format, models } = useServices();
  const byName = useStore(models.store, (state) => state.byName);
  const [drafts, setDrafts] = useState<AddDrafts>(() => draftsOf(offer));
  const [isAdding, setAdding] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const good = useMemo(() => offer.items.filter(isAddable), [offer]);
  const bad = useMemo(() => offer.items.filter(isRefused), [offer]);
  const problems = new Map(
    good.map(({ id }) => [id, nameProblem(id, drafts, (name) => byName.has(name))] as const),
  );
  const ticked = [...drafts.values()].filter((draft) => draft.isTicked);
  const versions = ticked.filter((draft) => draft.asVersionOf !== null).length;
  const needed = memoryOf(good, drafts);
  const free = useStore(models.store, ({ memory }) =>
    Math.max(0, memory.budgetBytes - memory.usedBytes - memory.reservedBytes),
  );
  const isBlocked = [...problems.values()].some((problem) => problem !== null);

  const change = (id: string, part: Partial<AddDraft>): void =>
    setDrafts((known) => {
      const draft = known.get(id);
      return draft ? new Map(known).set(id, { ...draft, ...part }) : known;
    });
  const add = async (): Promise<void> => {
    setAdding(true);
    setError(null);
    try {
      await adding.add(offer.ticket, wishesOf(drafts));
    } catch (thrown) {
      setError(AppError.from(thrown).toWire());
    }
    setAdding(false);
  };

  const total = offer.items.length;
  const summary =
    bad.length === 0
      ? t('adding.summaryGood', { good: total })
      : t('adding.summary', { total, good: good.length, bad: bad.length });
  return (
    <Dialog
      isOpen={isOpen}
      onClose={adding.close}
      title={t('adding.title')}
      description={summary}
      footer={
        <>
          <span className={styles['note']}>
            {good.length > 0 && t(versions > 0 ? 'adding.filesCopied' : 'adding.filesStay')}{' '}
            {ticked.length > 0 &&
              t(needed > free ? 'adding.memoryShort' : 'adding.memory', {
                needed: format.bytes(needed),
                free: format.bytes(free),
              })}
          </span>
          <Button size="lg" onClick={adding.close}>
            {good.length > 0 ? t('common.cancel') : t('common.close')}
          </Button>
          {good.length > 0 && (
            <Button
              size="lg"
              look="primary"
              isBusy={isAdding}
              unavailable={
                ticked.length === 0 ? t('adding.nothingTicked') : isBlocked ? t('adding.fixNames') : null
              }
              onClick={() => void add()}
            >
              {addWords(ticked.length - versions, versions, t)}
            </Button>
          )}
        </>
      }
    >
      {error && (
        <div className={styles['error']}>
          <ErrorView error={error} />
        </div>
      )}
      {good.length > 0 && <AddTable items={good} drafts={drafts} problems={problems} onChange={change} />}
      {bad.length > 0 && <RefusedList items={bad} hasTitle={good.length > 0} />}
    </Dialog>
  );
}
