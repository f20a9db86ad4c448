import { Minus, Plus } from 'lucide-react';
import type { Arm, Share } from '../../../app/contract/routes';
import type { Translator } from '../../messages/translator';
import type { MenuEntry } from '../../ui/Menu';
import { type ArmLooks, lookOf } from './arm-look';
import { withoutShare, withShare } from './split';

export interface ShareEntriesParts {
  readonly split: readonly Share[];
  readonly arms: readonly Arm[];
  readonly looks: ArmLooks;
  readonly t: Translator['t'];
  readonly onChange: (split: Share[]) => void;
}

/** Entries of a menu that take arms into a split and out of it. */
export function shareEntries({ split, arms, looks, t, onChange }: ShareEntriesParts): MenuEntry[] {
  const isIn = (arm: string): boolean => split.some((share) => share.arm === arm);
  const entries: MenuEntry[] = [
    ...arms
      .filter(({ id }) => !isIn(id))
      .map(({ id }) => ({
        id: `add ${id}`,
        icon: Plus,
        label: t('routes.addShare', { arm: lookOf(looks, id).name }),
        onChoose: () => onChange(withShare(split, id)),
      })),
    ...split.map(({ arm }) => ({
      id: `remove ${arm}`,
      icon: Minus,
      label: t('routes.removeShare', { arm: lookOf(looks, arm).name }),
      unavailable: split.length === 1 ? t('routes.onlyOneShare') : null,
      onChoose: () => onChange(withoutShare(split, arm)),
    })),
  ];
  return entries.map((entry, at) => (at === 0 ? { ...entry, startsGroup: true } : entry));
}
