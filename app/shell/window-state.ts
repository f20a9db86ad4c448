import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Clock, systemClock } from '../base/clock';
import { type Disposable, toDisposable } from '../base/lifecycle';

export const leastSize = { width: 640, height: 480 } as const;
const usualSize = { width: 1280, height: 800 } as const;
/** So much of the window must lie on a screen that a person can grasp it. */
const graspable = { width: 120, height: 40 } as const;
const saveDelayMs = 500;

const boundsSchema = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().positive(),
  height: z.int().positive(),
});
export type Bounds = z.infer<typeof boundsSchema>;

const windowStateSchema = z.strictObject({
  bounds: boundsSchema.nullable(),
  isMaximized: z.boolean(),
  /** Kept here as well as with the settings, so that the window opens in its colours before the engine runs. */
  theme: z.enum(['system', 'light', 'dark']),
});
export type WindowState = z.infer<typeof windowStateSchema>;

const freshState: WindowState = { bounds: null, isMaximized: false, theme: 'system' };

/** Where to open: the kept place if a person could grasp it there, cut to the screen; else the usual size, centred by the system. */
export function placeWindow(
  kept: Bounds | null,
  workAreas: readonly Bounds[],
): { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number } {
  const home = kept && workAreas.find((area) => isGraspable(kept, area));
  if (kept && home) {
    const width = clamp(kept.width, leastSize.width, home.width);
    const height = clamp(kept.height, leastSize.height, home.height);
    return { x: kept.x, y: Math.max(kept.y, home.y), width, height };
  }
  const first = workAreas[0];
  return {
    width: clamp(usualSize.width, leastSize.width, first?.width ?? usualSize.width),
    height: clamp(usualSize.height, leastSize.height, first?.height ?? usualSize.height),
  };
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));

/** The title bar is at the top edge, so the top edge is what must be in reach. */
function isGraspable(window: Bounds, area: Bounds): boolean {
  const visibleWidth = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return (
    visibleWidth >= Math.min(graspable.width, window.width) &&
    window.y > area.y - graspable.height &&
    window.y <= area.y + area.height - graspable.height
  );
}

export interface WindowStateStore extends Disposable {
  get(): WindowState;
  /** Kept on disk shortly after. */
  update(change: Partial<WindowState>): void;
  /** Writes what waits. */
  flush(): Promise<void>;
}

/** Reads `file`; a missing or damaged one counts as a first start. */
export async function openWindowState(file: string, clock: Clock = systemClock): Promise<WindowStateStore> {
  let state = await read(file);
  let timer = toDisposable(() => {});
  let isDirty = false;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    if (!isDirty) return;
    isDirty = false;
    const draft = `${file}.draft`;
    await writeFile(draft, JSON.stringify(state));
    await rename(draft, file);
  };
  const flush = (): Promise<void> => {
    timer.dispose();
    writing = writing.then(write).catch(() => {
      // a place that cannot be kept is no reason to disturb anybody
    });
    return writing;
  };
  return {
    get: () => state,
    update(change) {
      state = { ...state, ...change };
      isDirty = true;
      timer.dispose();
      timer = clock.schedule(saveDelayMs, () => void flush());
    },
    flush,
    dispose: () => timer.dispose(),
  };
}

async function read(file: string): Promise<WindowState> {
  try {
    return windowStateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return freshState; // first start, or a file of another age
  }
}
