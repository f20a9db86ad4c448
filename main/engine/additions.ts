import type { WireError } from '../../app/base/errors';
import type { AddChoice, Offer } from '../../app/contract/models';
import type { ModelEntry } from './model-registry';
import { prepareSample, type SampleAddition, type SampleOptions } from './sample';

/** What came of taking offered things: entries to register, and how to take back what was copied. */
export interface Taken {
  readonly added: { id: string; model: string; version: number | null }[];
  readonly refused: { id: string; error: WireError }[];
  readonly entries: readonly ModelEntry[];
  readonly takeBack: () => Promise<void>;
}

/** How things come in from outside: what was dropped, and the sample. */
export class Additions {
  readonly #sample: SampleOptions;

  constructor(sample: SampleOptions) {
    this.#sample = sample;
  }

  offer(_paths: readonly string[]): Promise<Offer> {
    return Promise.reject(new Error('not yet'));
  }

  take(_ticket: string, _choices: readonly AddChoice[]): Promise<Taken> {
    return Promise.reject(new Error('not yet'));
  }

  sample(): Promise<SampleAddition> {
    return prepareSample(this.#sample);
  }
}
