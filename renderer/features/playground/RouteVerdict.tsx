import { Route as RouteIcon, ThumbsDown, ThumbsUp } from 'lucide-react';
import { useStore } from 'zustand';
import type { Outcome } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { selectRoute } from '../../stores/routes';
import { Icon } from '../../ui/Icon';
import { IconButton } from '../../ui/IconButton';
import { decisionWords } from '../routes/route-words';
import styles from './RouteVerdict.module.css';
import type { RouteAnswer, Run } from './recent-runs';

export interface RouteVerdictProps {
  readonly run: Run;
  readonly by: RouteAnswer;
}

/** Which arm of the route answered and why; thumbs say whether it was right, as a client's feedback would. */
export function RouteVerdict({ run, by }: RouteVerdictProps) {
  const { t, playground, routes, toasts } = useServices();
  const view = useStore(routes.store, selectRoute(run.model));
  const judge = (verdict: Outcome): void => {
    playground.judge(run.id, by.verdict === verdict ? null : verdict).catch(toasts.fail);
  };
  return (
    <div className={styles['verdict']}>
      <p className={styles['line']}>
        <Icon of={RouteIcon} />
        <span>{decisionWords(by.decision, view?.route.rules ?? [], t)}</span>
      </p>
      <fieldset className={styles['line']} aria-label={t('playground.judge')}>
        <span className={styles['ask']}>{t('playground.judge')}</span>
        <IconButton
          size="sm"
          icon={ThumbsUp}
          label={t('playground.right')}
          isPressed={by.verdict === 'right'}
          onClick={() => judge('right')}
        />
        <IconButton
          size="sm"
          icon={ThumbsDown}
          label={t('playground.wrong')}
          isPressed={by.verdict === 'wrong'}
          onClick={() => judge('wrong')}
        />
      </fieldset>
    </div>
  );
}
