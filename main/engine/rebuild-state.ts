import type { EventStore } from './event-store';
import { type RecordedState, Replay } from './history';

const pageSize = 250;

/** Every model as it stood when `atMs` was over: from the checkpoint before, and the events since. Undefined when none reaches back that far. */
export async function rebuildState(
  atMs: number,
  { checkpointAt, read }: Pick<EventStore, 'checkpointAt' | 'read'>,
): Promise<RecordedState | undefined> {
  const checkpoint = await checkpointAt(atMs);
  if (!checkpoint) return undefined;
  const replay = new Replay(checkpoint.state);
  for (let afterId = checkpoint.eventId; ; ) {
    const page = await read({ afterId, untilMs: atMs, order: 'oldestFirst', limit: pageSize });
    for (const event of page) replay.apply(event);
    const last = page.at(-1);
    if (!last || page.length < pageSize) return replay.snapshot();
    afterId = last.id;
  }
}
