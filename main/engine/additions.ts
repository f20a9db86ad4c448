import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { AppError, type WireError } from '../../app/base/errors';
import type { AddChoice, Offer } from '../../app/contract/models';
import { type FoundItem, judgePaths } from '../sources/offer';
import { type ModelEntry, modelEntrySchema } from './model-registry';
import { prepareSample, type SampleAddition, type SampleOptions } from './sample';

export interface AdditionsOptions extends SampleOptions {
  readonly isModel: (files: readonly string[]) => boolean;
}

/** What came of taking offered things: entries to register, and how to take back what was copied. */
export interface Taken {
  readonly added: { id: string; model: string; version: number | null }[];
  readonly refused: { id: string; error: WireError }[];
  readonly entries: readonly ModelEntry[];
  readonly takeBack: () => Promise<void>;
}

/** The next hundred offers make this one expire. */
const offersKept = 100;

/** How things come in from outside: what was dropped, and the sample. Paths stay here; a ticket goes out. */
export class Additions {
  readonly #options: AdditionsOptions;
  readonly #offers = new LRUCache<string, ReadonlyMap<string, FoundItem>>({ max: offersKept });

  constructor(options: AdditionsOptions) {
    this.#options = options;
  }

  async offer(paths: readonly string[]): Promise<Offer> {
    const { registry, isModel } = this.#options;
    const known = [...registry.all()].map(({ name, basePath }) => ({
      name,
      basePath,
      canTakeVersions: true,
    }));
    const found = await judgePaths(paths, { known, isModel });
    const ticket = randomUUID();
    this.#offers.set(ticket, new Map(found.map((it) => [it.item.id, it])));
    return { ticket, items: found.map(({ item }) => item) };
  }

  /** Takes what was chosen, each for itself: what cannot be taken is refused and the rest goes on. Throws DROP_EXPIRED. */
  async take(ticket: string, choices: readonly AddChoice[]): Promise<Taken> {
    const offer = this.#offers.get(ticket);
    if (!offer) throw new AppError('DROP_EXPIRED');
    const taken = {
      added: [] as Taken['added'],
      refused: [] as Taken['refused'],
      entries: [] as ModelEntry[],
    };
    const undo: (() => Promise<void>)[] = [];
    for (const choice of choices) {
      try {
        const found = offer.get(choice.id);
        if (!found || found.item.kind === 'refused') {
          throw new AppError('INVALID_ARGUMENT', {}, { detail: 'This was not offered' });
        }
        const names = new Set(taken.entries.map((it) => it.name));
        const one = await this.#takeOne(found, choice, names);
        taken.added.push({ id: choice.id, model: one.model, version: one.version });
        if (one.entry) taken.entries.push(one.entry);
        if (one.takeBack) undo.unshift(one.takeBack);
      } catch (error) {
        taken.refused.push({ id: choice.id, error: AppError.from(error).toWire() });
      }
    }
    return {
      ...taken,
      takeBack: async () => {
        for (const takeBack of undo) await takeBack();
      },
    };
  }

  sample(): Promise<SampleAddition> {
    return prepareSample(this.#options);
  }

  async #takeOne(found: FoundItem, choice: AddChoice, names: ReadonlySet<string>): Promise<TakenOne> {
    const { registry, defaults } = this.#options;
    if (choice.as === 'nextVersion') throw new AppError('INTERNAL', {}, { detail: 'not yet' });
    if (registry.has(choice.name) || names.has(choice.name)) {
      throw new AppError('MODEL_NAME_TAKEN', { model: choice.name }, { detail: `${choice.name} is taken` });
    }
    const entry = modelEntrySchema.parse({ ...defaults(), name: choice.name, basePath: found.path });
    return { model: choice.name, version: null, entry };
  }
}

interface TakenOne {
  readonly model: string;
  readonly version: number | null;
  readonly entry?: ModelEntry;
  readonly takeBack?: () => Promise<void>;
}
