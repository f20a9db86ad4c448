/** A piece of work should take about so long: short enough to be paused and shown, long enough to be worth a message. */
const wantedMs = 250;
const most = 128;

/** How many items are asked about together, found out from how long they take. Pure: time comes in. */
export class ChunkSize {
  #size = 4;

  get size(): number {
    return this.#size;
  }

  /** So many items took so long. */
  note(count: number, tookMs: number): void {
    const fitting = Math.floor((count * wantedMs) / Math.max(1, tookMs));
    this.#size = Math.max(1, Math.min(most, 2 * this.#size, fitting));
  }
}
