import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { ErrorDetails } from '../../ui/ErrorView';
import { type Fact, FactList } from '../../ui/FactList';
import { Inspector } from '../../ui/Inspector';
import { SectionHead } from '../../ui/Panel';
import { newestAvailable } from './model-state';
import { policyWords } from './policy-words';
import { WhyNotLoaded } from './WhyNotLoaded';

export interface ModelInspectorProps {
  readonly model: Model;
  readonly focused: number | null;
}

/** The serving detail, in the field's own words: servable, harness, aspired. */
export function ModelInspector({ model, focused }: ModelInspectorProps) {
  const version =
    model.versions.find((each) => each.version === focused) ?? newestAvailable(model) ?? model.versions[0];
  return (
    <Inspector>
      <ModelFacts model={model} />
      {version && <VersionFacts model={model} version={version} />}
    </Inspector>
  );
}

function ModelFacts({ model }: { readonly model: Model }) {
  const { t, format } = useServices();
  const labels = model.labels.map(({ label, version, appliedVersion, isPending }) => {
    if (!isPending) return t('inspector.label', { label, version });
    return appliedVersion === null
      ? t('inspector.labelPending', { label, version })
      : t('inspector.labelMoving', { label, from: appliedVersion, version });
  });
  const facts: Fact[] = [
    { name: t('inspector.servable'), value: model.name, isMono: true },
    { name: t('inspector.platform'), value: model.platform, isMono: true },
    { name: t('inspector.path'), value: model.displayPath, isMono: true },
    { name: t('inspector.policy'), value: policyWords(model.policy, t) },
    {
      name: t('inspector.loaded'),
      value: t(model.loaded === 'always' ? 'loading.always' : 'loading.onDemand'),
    },
    ...(model.loaded === 'always'
      ? []
      : [
          {
            name: t('inspector.idleUnload'),
            value: model.idleUnloadMs === null ? t('loading.idleNever') : format.duration(model.idleUnloadMs),
          },
        ]),
    { name: t('inspector.switching'), value: t(`inspector.switching.${model.switching}`) },
    { name: t('inspector.keepLastGood'), value: model.keepLastGood ? t('common.yes') : t('common.no') },
    { name: t('inspector.labels'), value: labels.join(', ') || t('common.none') },
  ];
  return (
    <section>
      <SectionHead title={t('inspector.model')} />
      <FactList facts={facts} />
    </section>
  );
}

function VersionFacts({ model, version }: { readonly model: Model; readonly version: Version }) {
  const { t, format } = useServices();
  const none = t('common.none');
  const bytes = (value: number | null): string => (value === null ? none : format.bytes(value));
  const yesNo = (value: boolean): string => (value ? t('common.yes') : t('common.no'));
  const attempt =
    version.attempt === null
      ? none
      : t('inspector.attemptOf', {
          attempt: version.attempt,
          most: version.maxAttempts ?? version.attempt,
        });
  const content = !version.isOnDisk
    ? none
    : version.isChangedOnDisk
      ? t('inspector.contentChanged')
      : version.isOtherContent
        ? t('inspector.contentReplaced')
        : t('inspector.contentSame');
  const facts: Fact[] = [
    { name: t('inspector.servable'), value: `${model.name}:${version.version}`, isMono: true },
    { name: t('inspector.harness'), value: version.harness ?? t('inspector.noHarness'), isMono: true },
    { name: t('inspector.aspired'), value: yesNo(version.isAspired) },
    ...(version.loadsOnRequest ? [{ name: t('inspector.pinned'), value: yesNo(version.isPinned) }] : []),
    {
      name: t('inspector.override'),
      value:
        version.override === null
          ? t('common.no')
          : t(version.override === 'load' ? 'versions.load' : 'versions.unload'),
    },
    {
      name: t('inspector.since'),
      value: <time title={format.dateTime(version.sinceMs)}>{format.preciseTime(version.sinceMs)}</time>,
    },
    { name: t('inspector.onDisk'), value: yesNo(version.isOnDisk) },
    { name: t('inspector.content'), value: content },
    { name: t('inspector.size'), value: format.bytes(version.sizeBytes) },
    { name: t('inspector.resident'), value: bytes(version.residentBytes) },
    { name: t('inspector.estimated'), value: bytes(version.estimatedBytes) },
    {
      name: t('inspector.loadTime'),
      value: version.loadMs === null ? none : format.duration(version.loadMs),
    },
    { name: t('inspector.attempt'), value: attempt },
    { name: t('inspector.inFlight'), value: format.number(version.inFlight) },
  ];
  return (
    <section>
      {version.lifecycle !== 'available' && (
        <>
          <SectionHead title={t('why.heading', { version: version.version })} />
          <WhyNotLoaded model={model} version={version} />
        </>
      )}
      <SectionHead title={t('events.version', { version: version.version })} />
      <FactList facts={facts} />
      {version.error && (
        <>
          <SectionHead title={t('inspector.error')} />
          <ErrorDetails error={version.error} />
        </>
      )}
    </section>
  );
}
