import { AppError } from '../../app/base/errors';
import type { BatchPort, BatchResult, BatchStatus, NewBatch } from '../../main/endpoints/batches/batch-port';

/** Batches that are answered at once, by name only. `b1` is there from the beginning. */
export class FakeBatchPort implements BatchPort {
  readonly created: NewBatch[] = [];
  readonly #batches = new Map<string, { owner: string | null; status: BatchStatus }>();
  /** What `results` gives, one after the other. */
  pictures: readonly BatchResult[] = [
    {
      index: 0,
      name: 'a.png',
      results: [{ version: 2, classes: [{ index: 1, label: 'cat', probability: 0.5 }] }],
    },
    { index: 1, name: 'b.png', results: [{ version: 2, error: 'no picture' }] },
  ];

  constructor() {
    this.#put('b1', null, { model: 'm', versions: [2] });
  }

  async create(batch: NewBatch): Promise<BatchStatus> {
    this.created.push(batch);
    return this.#put(`b${this.#batches.size + 1}`, batch.owner, batch);
  }

  list(owner: string | null): readonly BatchStatus[] {
    return [...this.#batches.values()].filter((it) => it.owner === owner).map((it) => it.status);
  }

  get(id: string, owner: string | null): BatchStatus {
    const found = this.#batches.get(id);
    if (found && found.owner === owner) return found.status;
    throw new AppError('FAILED_PRECONDITION', {}, { detail: `There is no batch ${id}`, status: 'NOT_FOUND' });
  }

  async *results(): AsyncGenerator<BatchResult> {
    yield* this.pictures;
  }

  cancel(id: string, owner: string | null): BatchStatus {
    return { ...this.get(id, owner), state: 'cancelled' };
  }

  async remove(id: string, owner: string | null): Promise<void> {
    this.get(id, owner);
    this.#batches.delete(id);
  }

  #put(
    id: string,
    owner: string | null,
    { model, versions }: Pick<NewBatch, 'model' | 'versions'>,
  ): BatchStatus {
    const status: BatchStatus = {
      id,
      model,
      versions,
      state: 'running',
      done: 1,
      total: 2,
      failed: 0,
      createdAtMs: 0,
      endedAtMs: null,
      error: null,
    };
    this.#batches.set(id, { owner, status });
    return status;
  }
}
