import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../app/base/errors';
import { type TokenScope, tokenScopes } from './token-scope';

const prefix = 'slw_';
const secretBytes = 32;

export const tokenRecordSchema = z.strictObject({
  id: z.string(),
  name: z.string().min(1).max(64),
  scopes: z.array(z.enum(tokenScopes)).min(1),
  /** SHA-256 of the token, which is random enough to need no salt; the token itself is nowhere kept. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  createdAtMs: z.number(),
});
export type TokenRecord = z.infer<typeof tokenRecordSchema>;

/** Keeps the records; the shell and the command line give a file. */
export interface TokenKeeper {
  load(): Promise<readonly TokenRecord[]>;
  save(records: readonly TokenRecord[]): Promise<void>;
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Bearer tokens with scopes, stored hashed. */
export class TokenStore {
  readonly #keeper: TokenKeeper;
  #byHash: ReadonlyMap<string, TokenRecord>;

  private constructor(keeper: TokenKeeper, records: readonly TokenRecord[]) {
    this.#keeper = keeper;
    this.#byHash = byHash(records);
  }

  static async open(keeper: TokenKeeper): Promise<TokenStore> {
    return new TokenStore(keeper, await keeper.load());
  }

  /** Takes what another process has made or revoked. When it cannot be read, the tokens stay as they were, and it throws. */
  async refresh(): Promise<void> {
    this.#byHash = byHash(await this.#keeper.load());
  }

  list(): readonly Omit<TokenRecord, 'hash'>[] {
    return [...this.#byHash.values()].map(({ id, name, scopes, createdAtMs }) => ({
      id,
      name,
      scopes,
      createdAtMs,
    }));
  }

  get size(): number {
    return this.#byHash.size;
  }

  /** Makes a token; this is the only time that it can be seen. */
  async create(
    name: string,
    scopes: readonly TokenScope[],
    nowMs: number,
  ): Promise<{ readonly id: string; readonly token: string }> {
    const token = prefix + randomBytes(secretBytes).toString('base64url');
    const id = randomBytes(6).toString('hex');
    const record = tokenRecordSchema.safeParse({ id, name, scopes, hash: hashOf(token), createdAtMs: nowMs });
    if (!record.success)
      throw new AppError('INVALID_ARGUMENT', {}, { detail: 'A token needs a name and at least one scope.' });
    await this.#keep([...this.#byHash.values(), record.data]);
    return { id, token };
  }

  /** Throws when there is no such token. */
  async revoke(id: string): Promise<void> {
    const left = [...this.#byHash.values()].filter((record) => record.id !== id);
    if (left.length === this.#byHash.size)
      throw new AppError('INVALID_ARGUMENT', {}, { detail: `There is no token ${id}.`, status: 'NOT_FOUND' });
    await this.#keep(left);
  }

  /** Looks a token up by its hash, so that no comparison tells by its time how much of a guess was right. */
  find(token: string): TokenRecord | undefined {
    return this.#byHash.get(hashOf(token));
  }

  async #keep(records: readonly TokenRecord[]): Promise<void> {
    await this.#keeper.save(records);
    this.#byHash = byHash(records);
  }
}

const byHash = (records: readonly TokenRecord[]): ReadonlyMap<string, TokenRecord> =>
  new Map(records.map((record) => [record.hash, record]));
