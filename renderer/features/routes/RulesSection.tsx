import { Ghost, LifeBuoy, Plus, UserPlus, Waves } from 'lucide-react';
import { useState } from 'react';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { IconButton } from '../../ui/IconButton';
import { Menu } from '../../ui/Menu';
import { SectionHead } from '../../ui/Panel';
import { AudienceCard } from './AudienceCard';
import { ElseCard } from './ElseCard';
import { FallbackCard } from './FallbackCard';
import { OverflowCard } from './OverflowCard';
import styles from './Rules.module.css';
import { withRule } from './route-draft';
import { ShadowCard } from './ShadowCard';
import { useRouteEditor } from './use-route-editor';

/** Where an arm's queue is long: a batch or so of requests that wait. */
const longQueue = 16;

/** Who goes where: audiences in order, everyone else, and what happens when an arm cannot. */
export function RulesSection() {
  const { t } = useServices();
  const { draft, change } = useRouteEditor();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (rule: string): void =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(rule)) next.add(rule);
      return next;
    });
  const addAudience = (): void => {
    change((before) => {
      const next = withRule(before, t('routes.audience', { number: before.rules.length + 1 }));
      const added = next.rules.at(-1)?.id;
      if (added !== undefined) setOpen((known) => new Set([...known, added]));
      return next;
    });
  };
  /** A shadow is best an arm that does not answer by itself. */
  const idle =
    draft.arms.find(({ id }) => !draft.split.some(({ arm, weight }) => arm === id && weight > 0)) ??
    draft.arms.at(-1);
  const first = draft.arms[0];
  return (
    <section className={styles['section']} aria-labelledby="route-rules">
      <SectionHead id="route-rules" title={t('routes.rules')} note={t('routes.rulesNote')}>
        <Button size="sm" look="quiet" icon={UserPlus} onClick={addAudience}>
          {t('routes.addAudience')}
        </Button>
        <Menu
          trigger={<IconButton size="sm" icon={Plus} label={t('routes.addRule')} />}
          entries={[
            {
              id: 'audience',
              icon: UserPlus,
              label: t('routes.addAudience'),
              onChoose: addAudience,
            },
            {
              id: 'fallback',
              icon: LifeBuoy,
              label: t('routes.addFallbackOrder'),
              unavailable: draft.fallback.length > 0 ? t('routes.hasFallback') : null,
              onChoose: () => change((before) => ({ ...before, fallback: before.arms.map(({ id }) => id) })),
            },
            {
              id: 'overflow',
              icon: Waves,
              label: t('routes.addOverflow'),
              unavailable: draft.overflow ? t('routes.hasOverflow') : first ? null : t('routes.needsArm'),
              onChoose: () =>
                change((before) => ({
                  ...before,
                  overflow: first ? { arm: first.id, whenWaiting: longQueue } : null,
                })),
            },
            {
              id: 'shadow',
              icon: Ghost,
              label: t('routes.addShadow'),
              unavailable: draft.shadow ? t('routes.hasShadow') : idle ? null : t('routes.needsArm'),
              onChoose: () =>
                change((before) => ({
                  ...before,
                  shadow: idle ? { arm: idle.id, percent: 100, isOn: true } : null,
                })),
            },
          ]}
        />
      </SectionHead>
      <ol>
        {draft.rules.map((rule, at) => (
          <AudienceCard
            key={rule.id}
            rule={rule}
            at={at}
            isOpen={open.has(rule.id)}
            onToggle={() => toggle(rule.id)}
          />
        ))}
        <ElseCard />
        <FallbackCard />
        <OverflowCard />
        <ShadowCard />
      </ol>
    </section>
  );
}
