import type { JobView } from '../../app/contract/job-calls';
import type { Model } from '../../app/contract/models';
import type { Translator } from '../messages/translator';
import { matchScore } from './fuzzy';
import type { Command } from './registry';
import { unavailableReason } from './registry';

/** One line of the palette. */
export interface PaletteEntry {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** tinykeys' words for its keys. */
  readonly keys: string | null;
  /** Why it cannot be chosen now. */
  readonly reason: string | null;
  readonly choose:
    | { readonly kind: 'command'; readonly id: string }
    | { readonly kind: 'model'; readonly model: string }
    | { readonly kind: 'route'; readonly route: string }
    | { readonly kind: 'version'; readonly model: string; readonly version: number }
    | { readonly kind: 'job'; readonly job: string }
    | { readonly kind: 'prefix'; readonly prefix: string };
}

export interface PaletteSources {
  readonly commands: readonly Command[];
  readonly models: readonly Model[];
  readonly jobs: readonly Pick<JobView, 'id' | 'title'>[];
  /** Names of routes. */
  readonly routes: readonly string[];
  /** Ids of commands, the newest first. */
  readonly recent: readonly string[];
  readonly t: Translator['t'];
}

const mostEntries = 50;
const prefixes = ['>', '@', '?'] as const;

const commandEntry = (command: Command, group: string): PaletteEntry => ({
  id: command.id,
  title: command.title,
  group,
  keys: command.keys?.[0] ?? null,
  reason: unavailableReason(command),
  choose: { kind: 'command', id: command.id },
});

const modelEntries = ({ models, routes, t }: PaletteSources): PaletteEntry[] => [
  ...models.flatMap((model): PaletteEntry[] => [
    {
      id: `@${model.name}`,
      title: model.name,
      group: t('palette.group.models'),
      keys: null,
      reason: null,
      choose: { kind: 'model', model: model.name },
    },
    ...model.versions.map(
      ({ version }): PaletteEntry => ({
        id: `@${model.name}@${version}`,
        title: t('versions.name', { model: model.name, version }),
        group: t('palette.group.versions'),
        keys: null,
        reason: null,
        choose: { kind: 'version', model: model.name, version },
      }),
    ),
  ]),
  ...routes.map(
    (route): PaletteEntry => ({
      id: `@${route}`,
      title: route,
      group: t('routes.title'),
      keys: null,
      reason: null,
      choose: { kind: 'route', route },
    }),
  ),
];

const jobEntries = ({ jobs, t }: PaletteSources): PaletteEntry[] =>
  jobs.map(({ id, title }) => ({
    id: `job ${id}`,
    title,
    group: t('palette.group.jobs'),
    keys: null,
    reason: null,
    choose: { kind: 'job', job: id },
  }));

const helpEntries = ({ commands, t }: PaletteSources): PaletteEntry[] => [
  ...prefixes.map(
    (prefix): PaletteEntry => ({
      id: `?${prefix}`,
      title: t(`palette.help.${prefix === '>' ? 'commands' : prefix === '@' ? 'models' : 'help'}`),
      group: prefix,
      keys: null,
      reason: null,
      choose: { kind: 'prefix', prefix },
    }),
  ),
  ...commands
    .filter((command) => command.group === 'help')
    .map((command) => commandEntry(command, t('palette.group.help'))),
];

function ranked(entries: readonly PaletteEntry[], query: string, recent: readonly string[]): PaletteEntry[] {
  const recency = (id: string): number => (recent.includes(id) ? recent.length - recent.indexOf(id) : 0);
  return entries
    .flatMap((entry) => {
      const score = matchScore(query, entry.title);
      return score === null ? [] : [{ entry, score }];
    })
    .sort((a, b) => b.score - a.score || recency(b.entry.id) - recency(a.entry.id))
    .slice(0, mostEntries)
    .map(({ entry }) => entry);
}

/** What the palette lists for a text: `>` commands only, `@` models, versions and routes only, `?` help; recent commands first. */
export function paletteEntries(text: string, sources: PaletteSources): PaletteEntry[] {
  const { commands, recent, t } = sources;
  const prefix = prefixes.find((candidate) => text.startsWith(candidate));
  const query = (prefix ? text.slice(1) : text).trim();
  const all = commands.map((command) => commandEntry(command, t(`palette.group.${command.group}`)));

  if (prefix === '?')
    return query === '' ? helpEntries(sources) : ranked(helpEntries(sources), query, recent);
  if (prefix === '@') return ranked(modelEntries(sources), query, recent);
  if (query !== '')
    return ranked(prefix ? all : [...all, ...modelEntries(sources), ...jobEntries(sources)], query, recent);
  const first = recent.flatMap((id) => all.filter((entry) => entry.id === id));
  return [
    ...first.map((entry) => ({ ...entry, group: t('palette.group.recent') })),
    ...all.filter((entry) => !recent.includes(entry.id)),
  ];
}
