import { AppError } from '../../app/base/errors';

/** The inverses of a person's last actions. Each can be run once, in any order, while it is among the last fifty. */
export class UndoStack {
  readonly #inverses = new Map<string, () => Promise<void>>();
  readonly #limit: number;
  #next = 1;

  constructor(limit = 50) {
    this.#limit = limit;
  }

  /** Remembers how to take an action back; the token is what `run` takes. */
  push(inverse: () => Promise<void>): string {
    const token = `undo-${this.#next++}`;
    this.#inverses.set(token, inverse);
    if (this.#inverses.size > this.#limit) {
      const [oldest] = this.#inverses.keys();
      if (oldest !== undefined) this.#inverses.delete(oldest);
    }
    return token;
  }

  /** Throws FAILED_PRECONDITION when the action is too long ago or was taken back before. */
  async run(token: string): Promise<void> {
    const inverse = this.#inverses.get(token);
    if (!inverse) {
      throw new AppError('FAILED_PRECONDITION', {}, { detail: 'This action can no longer be taken back' });
    }
    this.#inverses.delete(token);
    try {
      await inverse();
    } catch (error) {
      this.#inverses.set(token, inverse); // nothing was taken back, so it may be tried again
      throw error;
    }
  }
}
