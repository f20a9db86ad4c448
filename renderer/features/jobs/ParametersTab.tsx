import type { JobView } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { type Fact, FactList } from '../../ui/FactList';
import styles from './ParametersTab.module.css';
import { useJobDetail } from './use-job-detail';

const namedKinds = ['batchClassification', 'batchPrediction', 'autotune', 'import'] as const;

/** What a job was asked for with. */
export function ParametersTab({ job }: { readonly job: JobView }) {
  const { t, format } = useServices();
  const { detail } = useJobDetail(job);
  const { kind, model, versions, batch, prediction } = job;
  const named = namedKinds.find((each) => each === kind);
  const facts: Fact[] = [
    {
      name: t('jobs.parameter.kind'),
      value: named ? t(`jobs.kind.${named}`) : kind,
    },
    ...(model === null ? [] : [{ name: t('jobs.parameter.model'), value: model }]),
    ...(versions.length === 0
      ? []
      : [{ name: t('jobs.parameter.versions'), value: format.list(versions.map(String)) }]),
    ...(batch === null
      ? []
      : [
          {
            name: t('jobs.parameter.input'),
            value: t(`jobs.input.${batch.input.kind}`, { name: batch.input.name }),
          },
          { name: t('jobs.parameter.top'), value: format.number(batch.top) },
        ]),
    ...(prediction === null
      ? []
      : [
          {
            name: t('jobs.parameter.input'),
            value: t('jobs.sheetTensorsAre', {
              name: prediction.input.name,
              format: t(`jobs.tensors.${prediction.input.format}`),
            }),
          },
          { name: t('jobs.parameter.target'), value: t(`jobs.tensors.${prediction.target}`) },
        ]),
    ...(detail?.versions ?? []).map(({ version, hash }) => ({
      name: t('jobs.parameter.hash', { version }),
      value: hash,
      isMono: true,
    })),
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
    <section className={styles['tab']} aria-label={t('jobs.parameters')} tabIndex={0}>
      <FactList facts={facts} />
      <p className={styles['note']}>{t('jobs.exactAgain')}</p>
    </section>
  );
}
