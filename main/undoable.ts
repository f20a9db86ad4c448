/** What changed something, and can be taken back. */
export interface Undoable {
  /** What `Models.undo` takes; null when nothing changed. */
  readonly undo: string | null;
}
