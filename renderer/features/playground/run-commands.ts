import type { Model } from '../../../app/contract/models';
import type { Command } from '../../commands/registry';
import type { Translator } from '../../messages/translator';
import { neighbourVersion } from './target';

/** What can be done to whatever is asked in the Playground: the same ids and keys for each kind of it. */

export const runCommand = (title: string, unavailable: string | null, run: () => void): Command => ({
  id: 'run.again',
  title,
  group: 'run',
  keys: ['$mod+Enter'],
  unavailable: () => unavailable,
  run,
});

export const choosePicturesCommand = (t: Translator['t'], run: () => void): Command => ({
  id: 'run.choosePictures',
  title: t('playground.choose'),
  group: 'run',
  run,
});

export const compareCommand = (title: string, run: () => void): Command => ({
  id: 'run.compare',
  title,
  group: 'run',
  keys: ['$mod+Shift+c'],
  run,
});

/** To the next older and the next newer version; `from` is the one in sight. */
export function versionCommands(
  t: Translator['t'],
  model: Model,
  from: number | undefined,
  choose: (version: number) => void,
): readonly Command[] {
  const to = (step: -1 | 1) => {
    const next = from === undefined ? undefined : neighbourVersion(model, from, step);
    return {
      unavailable: () => (next ? null : t('playground.noOtherVersion')),
      run: () => {
        if (next) choose(next.version);
      },
    };
  };
  return [
    { id: 'run.olderVersion', title: t('playground.older'), group: 'run', keys: ['['], ...to(-1) },
    { id: 'run.newerVersion', title: t('playground.newer'), group: 'run', keys: [']'], ...to(1) },
  ];
}
