/** A power of two, as is every later number of slots. */
const firstSlots = 16;
const none = 0;

/**
 * Values by positive integers, of which few are there at a time while thousands come and go each second. A `Map` that is used like that
 * leaves one table after another behind, each of which knows the next: docs/decisions/0016-garbage-that-keeps-garbage.md. This one fills
 * its slots again: open addressing with linear probing, at most half full, and never smaller than it has been.
 */
export class IdTable<T> implements Iterable<readonly [id: number, value: T]> {
  #ids: number[] = new Array(firstSlots).fill(none);
  #values: (T | undefined)[] = new Array(firstSlots).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): T | undefined {
    return this.#values[this.#slotOf(id)];
  }

  /** Replaces what is there by that id. */
  set(id: number, value: T): void {
    if ((this.#size + 1) * 2 > this.#ids.length) this.#grow();
    const slot = this.#slotOf(id);
    if (this.#ids[slot] === none) this.#size++;
    this.#ids[slot] = id;
    this.#values[slot] = value;
  }

  /** Returns what was there. */
  delete(id: number): T | undefined {
    const slot = this.#slotOf(id);
    if (this.#ids[slot] === none) return undefined;
    const value = this.#values[slot];
    this.#empty(slot);
    this.#size--;
    return value;
  }

  clear(): void {
    this.#ids.fill(none);
    this.#values.fill(undefined);
    this.#size = 0;
  }

  /** In no order. Not to be changed meanwhile. */
  *[Symbol.iterator](): Iterator<readonly [id: number, value: T]> {
    for (const [slot, id] of this.#ids.entries()) if (id !== none) yield [id, this.#values[slot] as T];
  }

  /** Where the id is, or would be. */
  #slotOf(id: number): number {
    let slot = this.#home(id);
    while (this.#ids[slot] !== none && this.#ids[slot] !== id) slot = this.#after(slot);
    return slot;
  }

  /** Moves those that were put further on because of it, so that no gap is between an id's home and its slot. */
  #empty(slot: number): void {
    let gap = slot;
    for (let at = this.#after(gap); this.#ids[at] !== none; at = this.#after(at)) {
      const id = this.#ids[at] ?? none;
      if (this.#distance(this.#home(id), at) < this.#distance(gap, at)) continue;
      this.#ids[gap] = id;
      this.#values[gap] = this.#values[at];
      gap = at;
    }
    this.#ids[gap] = none;
    this.#values[gap] = undefined;
  }

  #grow(): void {
    const kept = [...this];
    const slots = this.#ids.length * 2;
    this.#ids = new Array(slots).fill(none);
    this.#values = new Array(slots).fill(undefined);
    this.#size = 0;
    for (const [id, value] of kept) this.set(id, value);
  }

  #home(id: number): number {
    return id & (this.#ids.length - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#ids.length - 1);
  }

  #distance(from: number, to: number): number {
    return (to - from) & (this.#ids.length - 1);
  }
}
