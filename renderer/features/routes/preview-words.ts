import type { RoutePreview } from '../../../app/contract/routes';
import type { Services } from '../../services';
import { type ArmLooks, lookOf } from './arm-look';

export interface PreviewLine {
  readonly id: string;
  readonly text: string;
}

/** What a draft would do, one sentence a consequence: what each arm of everyone else would get, and how many would go elsewhere. */
export function previewLines(
  { expected, moved }: RoutePreview,
  looks: ArmLooks,
  { t, format }: Pick<Services, 't' | 'format'>,
): PreviewLine[] {
  const everyoneElse = expected.find(({ rule }) => rule === null);
  const whom = expected.length > 1 ? 'else' : 'all';
  const shares = (everyoneElse?.shares ?? []).map(({ arm, share }) =>
    t('routes.shareOf', { arm: lookOf(looks, arm).name, share: format.percent(share) }),
  );
  return [
    ...(shares.length === 0
      ? [{ id: 'nobody', text: t('routes.previewNobody') }]
      : [
          {
            id: 'shares',
            text: t('routes.previewShares', { shares: format.list(shares), whom }),
          },
        ]),
    ...(moved === null
      ? []
      : [
          {
            id: 'moved',
            text:
              moved === 0
                ? t('routes.previewStay', { whom })
                : t('routes.previewMoved', { share: format.percent(moved), whom }),
          },
        ]),
  ];
}
