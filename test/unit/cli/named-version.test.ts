import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseNamedVersion, parseNamedVersions, versionNumbers } from '../../../main/cli/named-version';
import { UsageError } from '../../../main/cli/usage-error';
import { temporaryFolder } from '../../support/temp-folder';

const temp = temporaryFolder();

describe('a version on the command line', () => {
  test('is a number or a label', () => {
    expect(parseNamedVersion('3')).toEqual({ version: 3 });
    expect(parseNamedVersion('stable')).toEqual({ label: 'stable' });
    expect(parseNamedVersion('v2')).toEqual({ label: 'v2' });
    for (const wrong of ['', 'a/b', 'a:b', 'a,b', '1234567890123456', 'x'.repeat(129)])
      expect(() => parseNamedVersion(wrong), wrong).toThrow('whole number, such as 3, or a label');
    for (const several of ['1,2', '1, 2', '3,'])
      expect(() => parseNamedVersion(several), several).toThrow('Several are compared with --versions');
  });

  test('may be one of several, each once', () => {
    expect(parseNamedVersions('1, stable,1')).toEqual([{ version: 1 }, { label: 'stable' }]);
    expect(() => parseNamedVersions('1,,2')).toThrow('whole number');
  });

  test('is looked up in the configuration that is named, by the folder of the model', async () => {
    const config = temp.write(
      'slipway.yaml',
      'version: 1\nmodels:\n- { name: a, basePath: ./a, labels: { stable: 1, same: 1, canary: 4 } }\n- { name: b, basePath: ./b }\n',
    );
    const numbers = (names: string, model = 'a') =>
      versionNumbers(parseNamedVersions(names), join(temp.path, model), config);
    expect(await numbers('canary,2,stable,same')).toEqual([4, 2, 1]);
    await expect(numbers('beta')).rejects.toThrow('slipway.yaml gives this model no label beta');
    await expect(numbers('stable', 'b')).rejects.toThrow('no label stable');
    await expect(numbers('stable', 'c')).rejects.toThrow('slipway.yaml has no model in this folder');
  });

  test('needs no configuration for a number; one for a label, that can be read', async () => {
    expect(await versionNumbers([{ version: 7 }], temp.path, undefined)).toEqual([7]);
    await expect(versionNumbers([{ label: 'stable' }], temp.path, undefined)).rejects.toThrow(
      'stable is no version number, and a folder has no labels. Say where they are written down: --config FILE',
    );
    const missing = versionNumbers([{ label: 'stable' }], temp.path, join(temp.path, 'no.yaml'));
    await expect(missing).rejects.toThrow(UsageError);
  });
});
