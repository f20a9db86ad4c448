import { describe, expect, test } from 'vitest';
import { matchScore } from '../../../../renderer/commands/fuzzy';
import { type PaletteSources, paletteEntries } from '../../../../renderer/commands/palette-entries';
import { createFormat } from '../../../../renderer/format';
import { createTranslator } from '../../../../renderer/messages/translator';
import { aModel, anAvailableVersion } from '../../../support/sample-models';

const { t } = createTranslator('en', createFormat('en'));
const sources: PaletteSources = {
  t,
  jobs: [{ id: 'job-1', title: 'Batch: val' }],
  recent: [],
  routes: ['digits-split'],
  models: [aModel('digits', { versions: [anAvailableVersion(2), anAvailableVersion(1)] })],
  commands: [
    { id: 'models.add', title: 'Add model folder', group: 'models', keys: ['$mod+o'], run: () => undefined },
    {
      id: 'models.unload',
      title: 'Unload version',
      group: 'models',
      unavailable: () => 'No version here is loaded',
      run: () => undefined,
    },
    { id: 'help.shortcuts', title: 'Show keyboard shortcuts', group: 'help', run: () => undefined },
  ],
};
const titles = (text: string, more: Partial<PaletteSources> = {}): string[] =>
  paletteEntries(text, { ...sources, ...more }).map(({ title }) => title);

describe('palette', () => {
  test('without a text it lists every command, recent ones first', () => {
    expect(titles('', { recent: ['help.shortcuts'] })).toEqual([
      'Show keyboard shortcuts',
      'Add model folder',
      'Unload version',
    ]);
  });

  test('a text finds commands, models, versions and routes', () => {
    expect(titles('digits')).toEqual(['digits', 'digits-split', 'digits version 2', 'digits version 1']);
    expect(titles('unl ver')).toEqual(['Unload version']);
  });

  test('> finds commands only, @ models, versions and routes only, ? help only', () => {
    expect(titles('>digits')).toEqual([]);
    expect(titles('@add')).toEqual([]);
    expect(titles('@')).toEqual(['digits', 'digits version 2', 'digits version 1', 'digits-split']);
    expect(titles('?')).toContain('Show keyboard shortcuts');
    expect(titles('?')).not.toContain('Add model folder');
  });

  test('what cannot be done now is listed with its reason', () => {
    expect(paletteEntries('unload', sources)[0]).toMatchObject({
      title: 'Unload version',
      reason: 'No version here is loaded',
    });
  });

  test('jobs are found by their titles', () => {
    expect(paletteEntries('val', sources)[0]).toMatchObject({
      title: 'Batch: val',
      choose: { kind: 'job', job: 'job-1' },
    });
    expect(titles('>val')).toEqual([]);
  });

  test('of two that fit equally the recent one comes first', () => {
    const commands = ['a', 'b'].map((id) => ({
      id,
      title: 'Load version',
      group: 'models' as const,
      run: () => undefined,
    }));
    expect(paletteEntries('load', { ...sources, commands, recent: ['b'] })[0]?.id).toBe('b');
  });
});

describe('fuzzy match', () => {
  test('letters must occur in order', () => {
    expect(matchScore('dlo', 'Unload')).toBeNull();
    expect(matchScore('uld', 'Unload')).not.toBeNull();
  });

  test('beginnings of words beat letters within', () => {
    const words = matchScore('av', 'All versions') ?? 0;
    const inside = matchScore('av', 'leave') ?? 0;
    expect(words).toBeGreaterThan(inside);
  });

  test('a text that starts with the query comes first', () => {
    expect(matchScore('load', 'Load version') ?? 0).toBeGreaterThan(
      matchScore('load', 'Unload version') ?? 0,
    );
  });
});
