import type { CSSProperties } from 'react';
import { canAnswer, type Model } from '../../../app/contract/models';
import type { Arm, ArmView, Route, RouteDraft } from '../../../app/contract/routes';
import type { Translator } from '../../messages/translator';
import { chartIndex } from '../../ui/version-colour';

/** How people see an arm, in every view of its route. */
export interface ArmLook {
  readonly id: string;
  /** Such as "Version 3", or "digits version 3" where a route leads to several models. */
  readonly name: string;
  /** The number of the version that would answer; null while none would, or where a route decides. */
  readonly version: number | null;
  /** Sets `--c`. */
  readonly style: CSSProperties;
}

export type ArmLooks = ReadonlyMap<string, ArmLook>;

/** What there is to lead to. */
export interface Targets {
  readonly models: ReadonlyMap<string, Model>;
  readonly isRoute: (name: string) => boolean;
}

const colour = (index: number): CSSProperties => ({ '--c': `var(--chart-${index})` }) as CSSProperties;
const noColour = { '--c': 'var(--border-strong)' } as CSSProperties;

function nameOf(arm: Arm, isOnlyModel: boolean, { isRoute }: Targets, t: Translator['t']): string {
  const { model, version, label } = arm;
  if (isRoute(model)) return t('routes.arm.route', { name: model });
  if (version !== null)
    return isOnlyModel ? t('routes.arm.version', { version }) : t('versions.name', { model, version });
  if (label !== null) return t(isOnlyModel ? 'routes.arm.label' : 'routes.arm.labelOf', { model, label });
  return t(isOnlyModel ? 'routes.arm.latest' : 'routes.arm.latestOf', { model });
}

/** The version that an arm means now, as far as the page knows. */
function versionOf(arm: Arm, { models }: Targets): number | null {
  if (arm.version !== null) return arm.version;
  const model = models.get(arm.model);
  if (arm.label !== null) return model?.labels.find(({ label }) => label === arm.label)?.version ?? null;
  return model?.versions.find(canAnswer)?.version ?? null;
}

/** Names and colours of a route's arms. A version has its own colour, as everywhere, where no two arms would share it. */
export function armLooks(arms: readonly Arm[], targets: Targets, t: Translator['t']): ArmLooks {
  const isOnlyModel = new Set(arms.map(({ model }) => model)).size <= 1;
  const versions = arms.map((arm) => versionOf(arm, targets));
  const colours = versions.map((version) => (version === null ? null : chartIndex(version)));
  const hasOwnColours = isOnlyModel && !colours.includes(null) && new Set(colours).size === colours.length;
  const names = arms.map((arm) => nameOf(arm, isOnlyModel, targets, t));
  return new Map(
    arms.map((arm, at) => {
      const name = names[at] ?? arm.id;
      const isDouble = names.filter((other) => other === name).length > 1;
      const index = hasOwnColours ? (colours[at] ?? 1) : chartIndex(at + 1);
      return [
        arm.id,
        {
          id: arm.id,
          name: isDouble ? t('routes.arm.double', { name, arm: arm.id }) : name,
          version: versions[at] ?? null,
          style: colour(index),
        },
      ];
    }),
  );
}

/** An arm that the route no longer has still stands in its figures. */
export const lookOf = (looks: ArmLooks, arm: string): ArmLook =>
  looks.get(arm) ?? { id: arm, name: arm, version: null, style: noColour };

export type ArmState = ArmView['state'];

/** Would it answer? What the engine says of an arm that is as it was, else what the page knows of its target. */
export function armState(
  arm: Arm,
  { models }: Targets,
  live: { readonly route: Route | RouteDraft; readonly arms: readonly ArmView[] } | undefined,
  routes: ReadonlyMap<string, { readonly arms: readonly ArmView[] }>,
): ArmState {
  if (arm.isStopped) return 'stopped';
  const before = live?.route.arms.find(({ id }) => id === arm.id);
  const isSame =
    before && before.model === arm.model && before.version === arm.version && before.label === arm.label;
  const known = isSame ? live?.arms.find((view) => view.arm === arm.id) : undefined;
  if (known && known.state !== 'stopped') return known.state;
  const inner = routes.get(arm.model);
  if (inner) return inner.arms.some(({ state }) => state === 'available') ? 'available' : 'unavailable';
  const version = versionOf(arm, { models, isRoute: () => false });
  const found = models.get(arm.model)?.versions.find((each) => each.version === version);
  return found && canAnswer(found) ? 'available' : 'unavailable';
}
