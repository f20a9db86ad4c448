import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import { type UndoableActions, undoLimit } from '../../app/contract/models';
import { type Inverse, inverseSchema } from './entry-patch';
import { StateFile } from './state-file';

const documentSchema = z.object({
  version: z.literal(1),
  next: z.int().positive(),
  inverses: z.array(z.tuple([z.string(), z.unknown()])),
});
type Document = z.infer<typeof documentSchema>;
/** A token says whose action it takes back. */
const prefixes = { person: 'undo-', program: 'program-' } as const;
type Author = keyof typeof prefixes;
const empty: Document = { version: 1, next: 1, inverses: [] };

/**
 * The inverses of the last actions of a person, and of programs over the network, kept in `undo.json` so that they outlive a restart.
 * Each can be run once, in any order, while it is among the last `undoLimit` of its kind: a busy program takes nothing from a person.
 */
export class UndoStack {
  readonly #file: StateFile | null;
  readonly #limit: number;
  readonly #inverses = new Map<string, Inverse>();
  readonly #forgot = new Emitter<Inverse>();
  #next: number;

  /** An action can no longer be taken back, since too many came after it. */
  readonly onDidForget: Event<Inverse> = this.#forgot.event;

  private constructor(file: StateFile | null, kept: Document, limit: number) {
    this.#file = file;
    this.#limit = limit;
    this.#next = kept.next;
    for (const [token, raw] of kept.inverses) {
      const inverse = inverseSchema.safeParse(raw);
      if (inverse.success) this.#inverses.set(token, inverse.data); // what another Slipway wrote can only be taken back there
    }
  }

  /** `onBroken` hears the name of a file that made no sense and was set aside. */
  static async open(
    stateFolder: string | null,
    clock: Clock,
    onBroken: (file: string) => void,
    limit = undoLimit,
  ): Promise<UndoStack> {
    if (stateFolder === null) return new UndoStack(null, empty, limit);
    const file = new StateFile(join(stateFolder, 'undo.json'));
    const parse = (text: string): Document => documentSchema.parse(JSON.parse(text));
    const { value, wasBroken } = await file.read(parse, empty, clock.now());
    if (wasBroken) onBroken(file.name);
    return new UndoStack(file, value, limit);
  }

  /** Remembers how to take an action back; the token is what `run` takes. */
  push(inverse: Inverse, by: Author = 'person'): string {
    const token = `${prefixes[by]}${this.#next++}`;
    this.#inverses.set(token, inverse);
    const own = this.#tokensOf(by);
    const [oldest = ''] = own;
    const forgotten = own.length > this.#limit ? this.#inverses.get(oldest) : undefined;
    if (forgotten) {
      this.#inverses.delete(oldest);
      this.#forgot.fire(forgotten);
    }
    void this.save();
    return token;
  }

  /** What can be taken back, oldest first. */
  tokens(): UndoableActions {
    return { byPerson: this.#tokensOf('person'), byProgram: this.#tokensOf('program') };
  }

  inverses(): Iterable<Inverse> {
    return this.#inverses.values();
  }

  /** Throws FAILED_PRECONDITION when the action is too long ago or was taken back before, and what `carryOut` throws. */
  async run<T>(token: string, carryOut: (inverse: Inverse) => Promise<T>): Promise<T> {
    const inverse = this.#inverses.get(token);
    if (!inverse) {
      throw new AppError('FAILED_PRECONDITION', {}, { detail: 'This action can no longer be taken back' });
    }
    this.#inverses.delete(token);
    try {
      const result = await carryOut(inverse);
      await this.save();
      return result;
    } catch (error) {
      this.#inverses.set(token, inverse); // what is left of it may be tried again
      throw error;
    }
  }

  #tokensOf(author: Author): string[] {
    return [...this.#inverses.keys()].filter((token) => token.startsWith(prefixes[author]));
  }

  /** Settles when the present inverses are on disk, or cannot be: an action that was carried out does not fail for want of its undo. */
  async save(): Promise<void> {
    await this.#file
      ?.write(() => {
        const document: Document = { version: 1, next: this.#next, inverses: [...this.#inverses] };
        return `${JSON.stringify(document)}\n`;
      })
      .catch(() => undefined); // it still holds for this run
  }
}
