import type { InferenceNote } from '../../../../app/contract/inference';
import type { KeptChoices } from '../../../runner/protocol';
import type { FoundLabels } from './find-labels';
import type { Labels } from './labels';
import { note } from './note';
import { pointersBeside } from './pointers-beside';
import { type Override, setByPerson } from './settings';
import { readSidecar, sidecarName } from './sidecar';

/** What a person has said about a version, in Slipway or in its folder: it wins over everything inferred. */
export interface Told {
  readonly override: Override | null;
  readonly labels: FoundLabels | null;
  /** Of files beside the model that could not be used. */
  readonly warnings: readonly InferenceNote[];
}

/** `kept` is what was set in Slipway where the folder could not keep it. */
export function readTold(folder: string, kept: KeptChoices): Told {
  const read = readSidecar(folder);
  const warnings = pointersBeside(folder);
  if (read.kind === 'invalid') {
    const params = { file: sidecarName, detail: read.detail };
    warnings.push(note('certain', 'warnSidecarUnreadable', params));
  }
  const { preprocessing, labels } = read.kind === 'read' ? read.sidecar : {};
  const because = note('set', 'setBySidecar', { file: sidecarName });
  const fromSidecar = preprocessing ? { preprocessing, note: because } : null;
  const named = labels ? { labels, note: because, warnings: [], source: sidecarName } : null;
  return {
    override: kept.preprocessing ? setByPerson(kept.preprocessing) : fromSidecar,
    labels: kept.labels ? namesByPerson(kept.labels) : named,
    warnings,
  };
}

export const namesByPerson = (labels: Labels): FoundLabels => ({
  labels,
  note: note('set', 'setByPerson'),
  warnings: [],
  source: sidecarName,
});
