import { ArrowRightLeft, OctagonAlert, TriangleAlert } from 'lucide-react';
import { useServices } from '../../services';
import { ErrorView } from '../../ui/ErrorView';
import { Icon } from '../../ui/Icon';
import { lookOf } from './arm-look';
import styles from './ChangeStrip.module.css';
import { previewLines } from './preview-words';
import { firstError } from './problem-places';
import { ShareMeter } from './ShareMeter';
import { useRouteEditor } from './use-route-editor';

/** What the changes would do, or why they cannot be applied yet; stays in sight while the page scrolls. */
export function ChangeStrip() {
  const services = useServices();
  const { t, routeProblem } = services;
  const { preview, previewError, looks, problems, isOutdated } = useRouteEditor();
  const error = firstError(problems);
  const shares = preview?.expected.find(({ rule }) => rule === null)?.shares ?? [];
  return (
    <section className={styles['strip']} aria-label={t('routes.consequences')}>
      {previewError && <ErrorView error={previewError} />}
      <div className={styles['words']} aria-live="polite">
        {isOutdated && (
          <p className={styles['warning']}>
            <Icon of={TriangleAlert} />
            <span>{t('routes.outdated')}</span>
          </p>
        )}
        {error ? (
          <p className={styles['error']}>
            <Icon of={OctagonAlert} />
            <span>{t('routes.cannotApply', { problem: routeProblem(error) })}</span>
          </p>
        ) : (
          preview &&
          previewLines(preview, looks, services).map(({ id, text }) => (
            <p key={id}>
              <Icon of={ArrowRightLeft} />
              <span>{text}</span>
            </p>
          ))
        )}
      </div>
      {shares.length > 0 && !error && (
        <ShareMeter shares={shares.map(({ arm, share }) => ({ look: lookOf(looks, arm), share }))} />
      )}
    </section>
  );
}
