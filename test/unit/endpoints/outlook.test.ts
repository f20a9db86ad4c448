import { expect, test } from 'vitest';
import type { Model } from '../../../app/contract/models';
import { outlookOf } from '../../../main/endpoints/outlook';
import { aModel, anAvailableVersion, aVersion } from '../../support/sample-models';

const problem = { code: 'BASE_PATH_MISSING', params: {}, detail: '', status: 'NOT_FOUND' } as const;
const failure = { code: 'MODEL_FILE_TRUNCATED', params: {}, detail: '', status: 'INVALID_ARGUMENT' } as const;
const latest = { kind: 'latest', count: 1 } as const;
const failed = aVersion(2, { lifecycle: 'failed', isAspired: true, harness: 'error', error: failure });

test.each<[string, Partial<Model>, ReturnType<typeof outlookOf>]>([
  [
    'one version answers while another loads',
    { versions: [aVersion(2, { lifecycle: 'loading' }), anAvailableVersion(1)] },
    'answers',
  ],
  ['what is kept answers although its folder is gone', { problem }, 'answers'],
  ['nobody has looked yet', { versions: [], isLookedAt: false }, 'onItsWay'],
  ['it loads', { versions: [aVersion(1, { lifecycle: 'loading', harness: 'loading' })] }, 'onItsWay'],
  ['it waits for memory', { versions: [aVersion(1, { lifecycle: 'waiting', harness: 'new' })] }, 'onItsWay'],
  ['its files are still changing', { versions: [aVersion(1)], policy: latest }, 'onItsWay'],
  [
    'a request loads it',
    { versions: [aVersion(1, { loadsOnRequest: true, isAspired: true })], loaded: 'onDemand' },
    'answers',
  ],
  [
    'a request would load it, and its load has failed',
    { versions: [{ ...failed, loadsOnRequest: true }], loaded: 'onDemand' },
    'failed',
  ],
  ['the folder is not there', { versions: [], problem }, 'failed'],
  ['the version that is wanted failed', { versions: [failed, aVersion(1)], policy: latest }, 'failed'],
  ['no version is a model', { versions: [aVersion(1, { lifecycle: 'failed', error: failure })] }, 'failed'],
  [
    'a version is wanted that is not there',
    { versions: [aVersion(1)], policy: { kind: 'specific', versions: [9] } },
    'failed',
  ],
  ['nothing is wanted', { versions: [aVersion(1)], policy: { kind: 'specific', versions: [] } }, 'atRest'],
  [
    'all was unloaded by hand',
    { versions: [aVersion(1, { lifecycle: 'unloaded', override: 'unload' })] },
    'atRest',
  ],
])('%s', (_, differences, outlook) => {
  expect(outlookOf(aModel('m', differences))).toBe(outlook);
});
